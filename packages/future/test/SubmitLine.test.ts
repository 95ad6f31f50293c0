/** What a client keeps of tasks that it has sent, to send them again. */
import type { ClientSession, Message } from "@scaler-ts/protocol"
import { Loop } from "@scaler-ts/runtime"
import * as Effect from "effect/Effect"
import { it } from "@effect/vitest"
import assert from "node:assert/strict"
import { SubmitLine } from "../src/internal/SubmitLine.ts"

const taskOf = (task: number): Message.Task => ({
  _tag: "Task",
  task,
  attempt: 0,
  name: "sqrt",
  input: new Uint8Array(1),
  priority: 0,
  capabilities: {},
  timeoutMs: 0,
  attemptsMax: 3,
  traceparent: "",
  graceMs: undefined,
  wantsOutput: false,
  depth: 0,
})

it.effect("of a task that was forgotten while it waited nothing is kept once it is sent (G7)", () =>
  Effect.scoped(
    Effect.gen(function* () {
      const loop = yield* Loop.make
      const sent: Array<number> = []
      const session: ClientSession = {
        open: () => {},
        send: (message) => {
          if (message._tag === "Task") sent.push(message.task)
        },
        close: () => {},
      }
      const line = new SubmitLine(session, loop, { tasks: 10, bytes: 10 }, () => {})
      line.keep()
      line.suspend()
      for (const task of [1, 2]) line.send(taskOf(task))
      line.ended(1)
      line.resume()
      assert.deepEqual(sent, [1, 2])
      assert.deepEqual([line.maySendAgain(1), line.maySendAgain(2)], [false, true])
    }),
  ),
)
