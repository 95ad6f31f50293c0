import assert from "node:assert/strict"
import { test } from "vitest"
import type { Message } from "../src/Message.ts"
import { ProtocolError, Wire } from "../src/index.ts"
import { golden, goldenTags, sides } from "./golden.ts"
import { FrameReader } from "../src/internal/frameReader.ts"
import { CountingScan, nextFrom, pollution, worse } from "./mutate.ts"
import { sampleList } from "./samples.ts"
import { seedOf } from "./seed.ts"

const runs = 300_000

/** Whether bytes are a frame to a side. What is thrown and is no `ProtocolError` fails the test. */
const isFrame = (bytes: Uint8Array, side: Wire.Direction<Message> | undefined): boolean => {
  assert.ok(side !== undefined)
  try {
    Wire.decode(bytes, side)
    return true
  } catch (error) {
    if (error instanceof ProtocolError && error.where !== "" && error.reason !== "") return false
    assert.fail(`${Buffer.from(bytes).toString("hex")}: ${String(error)}`)
  }
}

/** How many values are read of bytes before they are done with or refused. */
const workFor = (bytes: Uint8Array): number => {
  const scan = new CountingScan()
  try {
    new FrameReader(scan).read(bytes)
  } catch {
    // What they are refused with is the other tests' matter.
  }
  return scan.values
}

test(`${runs} frames that are random, cut short or changed: the worst is a ProtocolError`, () => {
  const next = nextFrom(seedOf("frames"))
  const whole = sides.map((side) =>
    Wire.encode(
      sampleList.filter(({ _tag }) => Object.hasOwn(side.tags, _tag)),
      1,
      0,
    ),
  )
  const samples = [...goldenTags.map(golden), ...whole]
  const before = pollution()
  let frames = 0
  for (let run = 0; run < runs; run++) {
    const bytes = worse(samples, next)
    if (isFrame(bytes, sides[next(sides.length)])) frames++
    // One value for each byte, and one that is missed at the end: no claim makes work.
    if (run % 16 === 0) assert.ok(workFor(bytes) <= bytes.length + 1, Buffer.from(bytes).toString("hex")) // oxfmt-ignore
  }
  assert.deepEqual(pollution(), before)
  // Some of them are frames still, or nothing beyond the first byte would have been tried.
  assert.ok(frames > runs / 1000 && frames < runs / 2, `${frames} were frames`)
}, 300_000)

test("what claims to be 4 GiB long is refused before anything is done for it", () => {
  for (const mark of [0xc6, 0xc9, 0xdb, 0xdd, 0xdf]) {
    const claim = Uint8Array.from([0x95, 1, 0, 1, 0, mark, 0xff, 0xff, 0xff, 0xff, 1, 2, 3])
    assert.throws(() => Wire.decode(claim, Wire.toScheduler), ProtocolError)
    assert.ok(workFor(claim) <= 6)
  }
})

test("lists that claim 65,535 items each, in one another, are refused at the first", () => {
  // 100 kB that would make room for 17 GB if every claim were believed.
  const bomb = new Uint8Array(100_000)
  for (let at = 0; at + 2 < bomb.length; at += 3) bomb.set([0xdc, 0xff, 0xff], at)
  assert.throws(
    () => Wire.decode(bomb, Wire.toScheduler),
    /more items are said to follow than there are bytes/,
  )
  assert.ok(workFor(bomb) <= 3)
})

test("a map named by what every object inherits is a map, and changes nothing else", () => {
  const names = ["constructor", "toString", "hasOwnProperty", "valueOf"]
  const capabilities = Object.fromEntries(names.map((name, index) => [name, index]))
  assert.deepEqual(Object.keys(capabilities), names)
  const before = pollution()
  const sample = sampleList.find(({ _tag }) => _tag === "WorkerHello")
  assert.ok(sample?._tag === "WorkerHello")
  const { messages } = Wire.decode(
    Wire.encode([{ ...sample, capabilities, tasks: names }], 1, 0),
    Wire.toScheduler,
  )
  assert.deepStrictEqual(messages, [{ ...sample, capabilities, tasks: names }])
  assert.deepEqual(pollution(), before)
})

test("a map with the one key that the library reads nowhere is refused, and changes nothing", () => {
  const before = pollution()
  const sample = sampleList.find(({ _tag }) => _tag === "WorkerHello")
  assert.ok(sample?._tag === "WorkerHello")
  const capabilities = Object.fromEntries([["__proto__", 1]])
  const frame = Wire.encode([{ ...sample, capabilities }], 1, 0)
  assert.throws(
    () => Wire.decode(frame, Wire.toScheduler),
    /^ProtocolError: frame: not one msgpack value: .*__proto__ is not allowed/,
  )
  assert.deepEqual(pollution(), before)
})
