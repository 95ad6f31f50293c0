/** What a client keeps of tasks that it has sent, to send them again. */
import type { ClientSession } from "@scaler-ts/protocol"
import { Loop } from "@scaler-ts/runtime"
import * as Effect from "effect/Effect"
import { it } from "@effect/vitest"
import assert from "node:assert/strict"
import { taskOf } from "../../../tests/support/taskOf.ts"
import { SubmitLine } from "../src/internal/SubmitLine.ts"

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
      for (const task of [1, 2]) line.send(taskOf({ task, input: new Uint8Array(1) }))
      line.ended(1)
      line.resume()
      assert.deepEqual(sent, [1, 2])
      assert.deepEqual([line.maySendAgain(1), line.maySendAgain(2)], [false, true])
    }),
  ),
)
