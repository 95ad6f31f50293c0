import assert from "node:assert/strict"
import { describe, test } from "vitest"
import { type Message, type Transport, Wire, workerOverWire } from "../src/index.ts"
import { earlyMessages } from "../src/Link.ts"
import { numbers, started } from "./said.ts"
import { timeless } from "./timeless.ts"

/** A worker's session, and what it has sent since the last look: before the turn is over, or after it. */
const harness = () => {
  const sent: Array<Uint8Array> = []
  const turns: Array<() => void> = []
  const transport: Transport = {
    self: "w",
    listen: () => undefined,
    send: (_, frame) => sent.push(frame) > 0,
    disconnect: () => undefined,
    close: () => undefined,
  }
  const session = workerOverWire(
    transport,
    timeless((run) => void turns.push(run)),
    "scheduler",
    { resumeMs: 0 },
  )
  const left = () =>
    sent
      .splice(0)
      .flatMap((bytes) => Wire.decode(bytes, Wire.toScheduler).messages)
      .map((message) => `${message._tag}${"task" in message ? ` ${message.task}` : ""}`)
  const turn = () => {
    for (const run of turns.splice(0)) run()
    return left()
  }
  return { session, left, turn }
}

const result = (task: number): Message.TaskResult => ({
  _tag: "TaskResult",
  task,
  attempt: 1,
  worker: "w",
  type: "success",
  payload: new Uint8Array(0),
  runMs: 0,
})

describe("a worker's session over the wire", () => {
  test("leaves out a start whose result leaves in the same frame, and no other message", () => {
    const { session, turn } = harness()
    session.send(started(1))
    session.send(started(2))
    session.send({ _tag: "TaskLog", task: 2, attempt: 1, line: "on my way", from: "log" })
    session.send(result(2))
    assert.deepEqual(turn(), ["TaskStarted 1", "TaskLog 2", "TaskResult 2"])
    session.send(result(1))
    session.send(started(3))
    assert.deepEqual(turn(), ["TaskResult 1", "TaskStarted 3"])
  })

  test("waits with any number of starts for their results until the turn is over", () => {
    const { session, left, turn } = harness()
    const many = numbers(earlyMessages)
    for (const task of many) session.send(started(task))
    for (const task of many.slice(0, -1)) session.send(result(task))
    assert.deepEqual(left(), [])
    session.send(result(earlyMessages))
    const results = many.map((task) => `TaskResult ${task}`)
    assert.deepEqual(left(), results, "all results, before the turn is over, and no start")
    for (const task of many) session.send(started(task))
    assert.deepEqual(left(), [])
    assert.equal(turn().length, earlyMessages)
  })
})
