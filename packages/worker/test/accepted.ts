import { Loop } from "@scaler-ts/runtime"
import { Worker } from "@scaler-ts/worker"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import type { HandExecutor } from "./inlineSupport.ts"
import { factoryOf, HandScheduler, someTasks, taskOf, turns } from "./inlineSupport.ts"

/** A worker that a hand-driven scheduler has accepted and sent the given tasks; `close` closes its scope. */
export const accepted = (
  executor: HandExecutor,
  options: Partial<Worker.WorkerOptions>,
  ...tasks: ReadonlyArray<number>
) =>
  Effect.gen(function* () {
    const loop = yield* Loop.make
    const scheduler = new HandScheduler()
    const scope = yield* Scope.make()
    const making = Worker.make(scheduler.session(loop), {
      name: "w",
      tasks: someTasks,
      executor: factoryOf(executor),
      ...options,
    })
    const worker = yield* Scope.provide(making, scope)
    scheduler.say(...tasks.map((task) => taskOf(task)))
    yield* turns
    scheduler.news()
    return { scheduler, executor, worker, close: Scope.close(scope, Exit.void) }
  })
