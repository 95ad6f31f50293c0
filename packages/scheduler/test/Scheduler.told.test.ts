import { it } from "@effect/vitest"
import type { Message } from "@scaler-ts/protocol"
import * as Effect from "effect/Effect"
import assert from "node:assert/strict"
import { clientOn, turns, workerOn } from "./support/Hand.ts"
import { office, tasksAsked } from "./support/operator.ts"
import { taskOf } from "./support/Rig.ts"
import { confirmed, started, stopping } from "./support/workerSays.ts"

it.effect("an operator is told how far a cancel has come, as its worker last said", () =>
  Effect.gen(function* () {
    const { transport, operator, scheduler } = yield* office()
    const client = clientOn(transport, "c").say(taskOf(1))
    const worker = workerOn(transport, "w").say(started(1))
    const other = workerOn(transport, "x")
    const rungs = Effect.gen(function* () {
      yield* turns
      operator.messages()
      operator.say(tasksAsked())
      yield* turns
      return operator.messages().flatMap((told) => (told._tag === "TaskTold" ? [told.rung] : []))
    })
    worker.say(stopping(1, "killing"))
    assert.deepEqual(yield* rungs, ["none"], "nobody has asked")
    const cancel: Message.TaskCancel = { _tag: "TaskCancel", task: 1, attempt: 0, force: true }
    client.say(cancel)
    assert.deepEqual(yield* rungs, ["asked"])
    other.say(stopping(1, "killing"))
    worker.say(stopping(1, "killing", 2), stopping(2, "killing"))
    assert.deepEqual(yield* rungs, ["asked"], "of another worker, attempt, task (G9)")
    worker.say(stopping(1, "interrupted"))
    assert.deepEqual(yield* rungs, ["interrupted"])
    client.say(cancel)
    assert.deepEqual(yield* rungs, ["interrupted"], "it is one cancel")
    worker.say(confirmed(1, "cancelFailed", "unknown"))
    assert.deepEqual(yield* rungs, ["none"], "it goes on")
    client.say(cancel)
    assert.deepEqual(yield* rungs, ["asked"], "it is another cancel")
    worker.say(stopping(1, "killing"))
    assert.deepEqual(yield* rungs, ["killing"])
    worker.say(confirmed(1, "canceled", "killed"), stopping(1, "killing"))
    assert.deepEqual(yield* rungs, [])
    assert.equal(scheduler.status().ignored.attemptStale, 5)
  }),
)

it.effect(
  "an operator is told what a worker uses, as it said last, and nothing of one that says nothing",
  () =>
    Effect.gen(function* () {
      const { transport, operator } = yield* office()
      const worker = workerOn(transport, "w")
      workerOn(transport, "x")
      worker.say({ _tag: "Heartbeat", cpu: 3, memoryBytes: 1 })
      worker.say({ _tag: "Heartbeat", cpu: 0, memoryBytes: 2_048 }, { _tag: "Heartbeat" })
      yield* turns
      operator.messages()
      operator.say({ _tag: "StatusAsked", request: 1 })
      yield* turns
      const told = operator.messages().flatMap((row) => (row._tag === "WorkerTold" ? [row] : []))
      assert.deepEqual(
        told.map(({ worker: name, cpu, memoryBytes }) => [name, cpu, memoryBytes]),
        [
          ["w", 0, 2_048],
          ["x", undefined, undefined],
        ],
      )
    }),
)
