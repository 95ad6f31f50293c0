import assert from "node:assert/strict"
import { describe, test } from "vitest"
import { type Message, type Transport, Wire, workerOverWire } from "../src/index.ts"
import { started } from "./said.ts"
import { timeless } from "./timeless.ts"

describe("a worker's session over the wire", () => {
  test("leaves out a start whose result leaves in the same frame, and no other message", () => {
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
    const turn = () => {
      for (const run of turns.splice(0)) run()
      return sent
        .splice(0)
        .flatMap((bytes) => Wire.decode(bytes, Wire.toScheduler).messages)
        .map((message) => `${message._tag}${"task" in message ? ` ${message.task}` : ""}`)
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
    session.send(started(1))
    session.send(started(2))
    session.send({ _tag: "TaskLog", task: 2, attempt: 1, line: "on my way", from: "log" })
    session.send(result(2))
    assert.deepEqual(turn(), ["TaskStarted 1", "TaskLog 2", "TaskResult 2"])
    session.send(result(1))
    session.send(started(3))
    assert.deepEqual(turn(), ["TaskResult 1", "TaskStarted 3"])
  })
})
