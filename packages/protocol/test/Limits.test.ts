import { Encoder } from "@msgpack/msgpack"
import assert from "node:assert/strict"
import { describe, test } from "vitest"
import { limitsDefault, makeLimits, ProtocolError, Wire } from "../src/index.ts"
import { samples } from "./samples.ts"

describe("makeLimits", () => {
  test("keeps what is not given as it is by default", () => {
    assert.deepEqual(makeLimits(), limitsDefault)
    assert.deepEqual(makeLimits({ frameItemsMax: 7 }), { ...limitsDefault, frameItemsMax: 7 })
  })

  test("makes room in a frame for the longest payload", () => {
    const { frameBytesMax } = makeLimits({ payloadBytesMax: 1_000_000_000 })
    assert.equal(frameBytesMax, 2_001_048_576)
  })

  const refused: ReadonlyArray<readonly [Parameters<typeof makeLimits>[0], string]> = [
    [{ payloadBytesMax: 0 }, "payloadBytesMax is 0; give a whole number from 1 up"],
    [{ valueDepthMax: 1.5 }, "valueDepthMax is 1.5; give a whole number from 1 up"],
    [{ frameItemsMax: NaN }, "frameItemsMax is NaN; give a whole number from 1 up"],
    [{ textBytesMax: 100 }, "textBytesMax is 100; give at least 4096"],
    [{ frameDepthMax: 3 }, "frameDepthMax is 3; give at least 4"],
    [
      { payloadBytesMax: 1_000_000, frameBytesMax: 1_500_000 },
      "frameBytesMax is 1500000; give at least payloadBytesMax and 1048576 more: 2048576",
    ],
  ]
  for (const [given, message] of refused) {
    test(`throws: ${message}`, () => {
      assert.throws(() => makeLimits(given), { name: "RangeError", message })
    })
  }
})

/** A frame of a newer minor version with one message of a kind nobody knows. */
const newer = (...fields: ReadonlyArray<unknown>): Uint8Array =>
  new Encoder().encode([1, Wire.versionMinor + 1, 1, 0, [[99, ...fields]]])

const task = (input: number): Uint8Array =>
  Wire.encode([{ ...samples.Task, input: new Uint8Array(input) }], 1, 0)
const log = (length: number): Uint8Array =>
  Wire.encode([{ ...samples.TaskLog, line: "ü".repeat(length / 2) }], 1, 0)
const beats = (count: number): Uint8Array =>
  Wire.encode(Array.from({ length: count }, () => samples.Heartbeat), 1, 0) // oxfmt-ignore
const hello = (names: number): Uint8Array =>
  Wire.encode([{ ...samples.WorkerHello, tasks: Array.from({ length: names }, String) }], 1, 0)

describe("a frame beyond the limits is refused, and one just within is read:", () => {
  type Given = Parameters<typeof makeLimits>[0]
  const rows: ReadonlyArray<readonly [string, Given, Uint8Array, Uint8Array, RegExp]> = [
    ["payload", { payloadBytesMax: 10_000 }, task(10_000), task(10_001), /10001 bytes in one, and 10000 are allowed/], // oxfmt-ignore
    ["text", { textBytesMax: 4_096 }, log(4_096), log(4_098), /a text of 4098 bytes, and 4096 are/],
    ["messages", { frameItemsMax: 10 }, beats(10), beats(11), /a list of 11 items, and 10 are/],
    ["list of a message", { frameItemsMax: 10 }, hello(10), hello(11), /a list of 11 items/],
    ["entries of a map", { frameItemsMax: 10 }, newer({ a: 1 }), newer(Object.fromEntries(Array.from({ length: 11 }, (_, n) => [n, n]))), /a list of 11 items/], // oxfmt-ignore
    ["depth", { frameDepthMax: 4 }, newer([]), newer([[]]), /nested more than 4 deep/],
  ]
  for (const [what, given, within, beyond, message] of rows) {
    test(what, () => {
      const limits = makeLimits(given)
      assert.equal(Wire.decode(within, Wire.toScheduler, limits).sequence, 1)
      assert.throws(
        () => Wire.decode(beyond, Wire.toScheduler, limits),
        (error) => error instanceof ProtocolError && message.test(error.reason),
      )
    })
  }

  test("bytes", () => {
    const limits = makeLimits({ payloadBytesMax: 1, frameBytesMax: 1_048_577 })
    const long = new Uint8Array(1_048_578)
    assert.throws(() => Wire.decode(long, Wire.toScheduler, limits), {
      message: "frame: 1048578 bytes, and 1048577 are allowed (frameBytesMax)",
    })
    assert.throws(() => Wire.decode(long.subarray(1), Wire.toScheduler, limits), /bytes too many/)
  })
})
