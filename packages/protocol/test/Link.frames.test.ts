import assert from "node:assert/strict"
import { describe, test } from "vitest"
import {
  type Limits,
  limitsDefault,
  Link,
  makeLimits,
  type Message,
  type Transport,
  Values,
  Wire,
} from "../src/index.ts"
import { samples } from "./samples.ts"

/** What one turn's messages leave as: each frame's messages, as they are read again. */
const framesOf = (
  messages: ReadonlyArray<Message.Task | Message.TaskLog>,
  limits: Limits = limitsDefault,
) => {
  const frames: Array<Uint8Array> = []
  const transport: Transport = {
    self: "a",
    listen: () => {},
    send: (_, frame) => frames.push(frame) > 0,
    disconnect: () => {},
    close: () => {},
  }
  const turns: Array<() => void> = []
  const link = new Link(transport, (run) => void turns.push(run), "b", Wire.toClient, { limits })
  for (const message of messages) link.send(message)
  for (const run of turns) run()
  const read = frames.map(
    (frame): ReadonlyArray<Message.Message> => Wire.decode(frame, hears, limits).messages,
  )
  assert.deepStrictEqual(read.flat(), messages, "all of them arrive, in their order")
  return { frames, counts: read.map(({ length }) => length) }
}

const hears: Wire.Direction<Message.Message> = {
  name: "anybody",
  tags: {
    ...Wire.toClient.tags,
    ...Wire.toScheduler.tags,
    ...Wire.toWorker.tags,
    ...Wire.toOperator.tags,
  },
}

const taskOf = (bytes: number): Message.Task => ({
  ...samples.Task,
  input: new Uint8Array(Values.encode(new Uint8Array(bytes))),
})
const repeated = <A>(count: number, item: A): ReadonlyArray<A> => Array(count).fill(item)

describe("the messages of a turn leave", () => {
  test("in one frame as long as they are short", () => {
    assert.deepEqual(framesOf(repeated(100, taskOf(1_000))).counts, [100])
  })
  test("with a long payload in a frame of its own, whatever stands before and behind it", () => {
    const [short, long] = [taskOf(10), taskOf(16_384)]
    assert.deepEqual(framesOf([short, short, long, short]).counts, [2, 1, 1])
    assert.deepEqual(framesOf([long, long, short, short]).counts, [1, 1, 2])
    assert.deepEqual(framesOf([short, long]).counts, [1, 1])
    assert.deepEqual(framesOf([long]).counts, [1])
  })
  test("in as many frames as it takes for none to have much more than a megabyte", () => {
    const { frames, counts } = framesOf(repeated(1_000, taskOf(8_000)))
    assert.ok(counts.length >= 8 && counts.length <= 9, counts.join())
    for (const { length } of frames) assert.ok(length < 1_200_000, String(length))
  })
  test("in frames that a peer with the same limits takes", () => {
    const few = makeLimits({ frameItemsMax: 10 })
    assert.deepEqual(framesOf(repeated(25, taskOf(10)), few).counts, [10, 10, 5])
    const short = makeLimits({ payloadBytesMax: 10_000, frameBytesMax: 1_058_576 })
    const named = { ...taskOf(10), name: "漢".repeat(4_000) }
    const { frames } = framesOf(repeated(200, named), short)
    assert.ok(frames.length > 4 && frames.every(({ length }) => length <= 529_288))
  })
  test("with long lines and long names apart, too", () => {
    const line = { ...samples.TaskLog, line: "x".repeat(300_000) }
    const named = { ...samples.Task, name: "n".repeat(65_536) }
    assert.deepEqual(framesOf([line, named, line]).counts, [1, 1, 1])
  })
})
