// A long payload is copied once on each side that has to hold it, and nowhere else.
import * as Local from "@scaler-ts/local"
import { type Message, Values, Wire } from "@scaler-ts/protocol"
import assert from "node:assert/strict"
import { test } from "vitest"
import { copiedBy } from "../support/copied.ts"
import { taskOf } from "../support/taskOf.ts"
import { tasks } from "./tasks.ts"

const mebi = 1_048_576
const bytes = new Uint8Array(mebi).map((_, i) => i)

// The buffers are compared, and none of them is shared.
const encoded = (value: unknown): Uint8Array<ArrayBuffer> =>
  Values.encode(value) as Uint8Array<ArrayBuffer>
const framed = (task: Message.Task): Uint8Array<ArrayBuffer> =>
  Wire.encode([task], 1, 0) as Uint8Array<ArrayBuffer>

/** The one task of a frame. */
const taskIn = (frame: Uint8Array): Message.Task => {
  const [message] = Wire.decode(frame, Wire.toScheduler).messages
  assert.ok(message?._tag === "Task")
  return message
}

test("the frame of a long input is built in the buffer that it was encoded into, by one copy", async () => {
  let input = new Uint8Array()
  assert.equal(await copiedBy(4096, () => (input = encoded({ page: 3, bytes }))), mebi)
  let frame = new Uint8Array()
  assert.equal(await copiedBy(4096, () => (frame = framed(taskOf({ input })))), 0)
  assert.equal(frame.buffer, input.buffer)
  assert.deepEqual(Values.decode(taskIn(frame).input), { page: 3, bytes })
})

test("a frame is read without a copy, forwarded with one, and its value decoded with one", async () => {
  const frame = Wire.encode([taskOf({ input: Values.encode([bytes, bytes]) })], 1, 0)
  let task = taskOf({ input: new Uint8Array() })
  assert.equal(await copiedBy(4096, () => (task = taskIn(frame))), 0)
  assert.equal(task.input.buffer, frame.buffer)
  let forwarded = frame
  assert.ok((await copiedBy(4096, () => (forwarded = Wire.encode([task], 1, 0)))) < 2 * mebi + 100)
  assert.notEqual(forwarded.buffer, frame.buffer)
  let value: unknown
  assert.equal(await copiedBy(4096, () => (value = Values.decode(taskIn(forwarded).input))), 2 * mebi) // oxfmt-ignore
  const [first] = value as ReadonlyArray<Uint8Array>
  assert.deepEqual(value, [bytes, bytes])
  // Of its own, to its last byte: what it is given cannot be seen by anybody else.
  assert.equal(first?.buffer.byteLength, mebi)
})

test("a payload that is sent a second time is copied, for its room belongs to the first frame", () => {
  const input = Values.encode(bytes)
  const [first, second] = [
    Wire.encode([taskOf({ input })], 1, 0),
    Wire.encode([taskOf({ input })], 2, 0),
  ]
  assert.notEqual(first.buffer, second.buffer)
  for (const frame of [first, second]) assert.deepEqual(Values.decode(taskIn(frame).input), bytes)
})

test("a name that leaves no room before its payload is sent all the same", () => {
  const name = "ü".repeat(2_000)
  const task = taskIn(Wire.encode([taskOf({ input: Values.encode(bytes), name })], 1, 0))
  assert.equal(task.name, name)
  assert.deepEqual(Values.decode(task.input), bytes)
})

test("received bytes are never taken for a payload with room around it", () => {
  // Where room would be, and as long as it would be with it; but there others' messages lie.
  const length = 20_000
  const received = new Uint8Array(1024 + length + 256).fill(7)
  const view = received.subarray(1024, 1024 + length)
  const frame = Wire.encode([taskOf({ input: view })], 1, 0)
  assert.ok(received.every((byte) => byte === 7))
  assert.notEqual(frame.buffer, received.buffer)
})

for (const [executor, copies] of [
  ["inline", 6],
  ["thread", 4],
  ["process", 5],
] as const) {
  test(`there and back in the ${executor} executor a payload is copied ${copies} times`, async () => {
    await using cluster = await Local.start({ tasks, executor, slots: 1 })
    await cluster.call(tasks.nothing)
    let value: unknown
    const copied = await copiedBy(4096, async () => {
      value = await cluster.call(tasks.invert, bytes)
    })
    assert.deepEqual(
      value,
      bytes.map((byte) => 255 - byte),
    )
    // Client, scheduler, worker, and the same back. With threads the worker's are made elsewhere: a
    // constructor copies the input for its thread, which makes one of the value and one of the
    // result, whose buffer is moved here and into the worker's frame. With processes the input is
    // written to the pipe where it lies, and the result is put together from what arrives by it.
    assert.ok(copied >= copies * mebi && copied < copies * mebi + 1_000, String(copied / mebi))
  })
}
