/** A look at a scheduler that goes on: readings of how it stands, and what its tasks' moves say of cancels meanwhile. */
import type { CancelReceipt, NoAnswer, Operator, TaskState } from "@scaler-ts/operator"
import { events } from "@scaler-ts/operator/stream"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { type CancelFigures, Cancels, type Target } from "./Cancels.ts"
import type { Reading } from "./State.ts"

export interface Look {
  readonly read: (filter?: TaskState) => Effect.Effect<Reading, NoAnswer>
  readonly cancel: (target: Target) => Effect.Effect<Answered, NoAnswer>
  /** Succeeds with why when the connection is gone. */
  readonly gone: Effect.Effect<string>
}

export interface Answered {
  readonly receipt: CancelReceipt
  readonly cancels: CancelFigures
}

/** More are counted and not listed: nobody scrolls through them, and each costs the scheduler a message. */
const tasksMax = 500

const now = (): number => performance.now()

export const lookAt = (operator: Operator): Effect.Effect<Look, never, Scope.Scope> =>
  Effect.gen(function* () {
    const cancels = new Cancels()
    const gone = yield* Deferred.make<string>()
    const watch = Stream.runForEach(events(operator), (event) =>
      Effect.sync(() => cancels.moved(event, now())),
    )
    const lost = Effect.catch(watch, ({ reason }) => Deferred.succeed(gone, reason))
    yield* Effect.forkScoped(lost, { startImmediately: true })
    return {
      gone: Deferred.await(gone),
      read: (filter) => readingOf(operator, cancels, filter),
      cancel: (target) =>
        Effect.map(operator.cancel(target.id), (receipt) => {
          cancels.answered(target, receipt, now())
          return { receipt, cancels: cancels.figures() }
        }),
    }
  })

const readingOf = (
  operator: Operator,
  cancels: Cancels,
  filter: TaskState | undefined,
): Effect.Effect<Reading, NoAnswer> =>
  Effect.suspend(() => {
    const askedAtMs = now()
    const tasks = operator.tasks({
      limit: tasksMax,
      ...(filter === undefined ? {} : { state: filter }),
    })
    return Effect.map(
      Effect.all([operator.status, tasks], { concurrency: "unbounded" }),
      ([status, page]) => {
        if (filter === undefined && page.more === 0) {
          cancels.alive(new Set(page.tasks.map(({ id }) => id)), askedAtMs)
        }
        return { status, page, cancels: cancels.figures(), nowMs: now() }
      },
    )
  })
