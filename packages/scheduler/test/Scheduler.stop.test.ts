import { it } from "@effect/vitest"
import { Scheduler } from "@scaler-ts/scheduler"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import assert from "node:assert/strict"
import { clientOn, HandTransport, turns, workerOn } from "./support/Hand.ts"
import { taskOf } from "./support/Rig.ts"

const started = Effect.gen(function* () {
  const transport = new HandTransport()
  const scope = yield* Scope.make()
  const scheduler = yield* Scope.provide(Scheduler.make(transport), scope)
  return { transport, scheduler, close: Scope.close(scope, Exit.void) }
})

it.effect("a stop whose scheduler is closed meanwhile says what was left (G8)", () =>
  Effect.gen(function* () {
    const { transport, scheduler, close } = yield* started
    workerOn(transport, "w")
    clientOn(transport, "c").say(taskOf(1))
    yield* turns
    const stop = yield* Effect.forkChild(scheduler.stop(60_000))
    yield* turns
    yield* close
    const left = [{ id: "session of c.1", name: "sqrt", state: "dispatched", worker: "w" }]
    assert.deepEqual(yield* Fiber.join(stop), left)
    assert.deepEqual(yield* scheduler.stopped, left)
  }),
)

it.effect("a stop of a scheduler that is closed already says what was left then (G8)", () =>
  Effect.gen(function* () {
    const { scheduler, close } = yield* started
    yield* close
    assert.deepEqual(yield* scheduler.stop(0), [])
  }),
)
