/** What who runs a scheduler holds in hand. */
import type { PeerId, TaskNumber } from "@scaler-ts/protocol"
import { Checked } from "@scaler-ts/runtime"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Desk } from "./Desk.ts"
import type { Status } from "./entries.ts"
import { published } from "./metrics.ts"
import type { LeftTask } from "./rows.ts"
import type { Tables } from "./Tables.ts"

export interface Scheduler {
  /** How things stand now. */
  readonly status: () => Status
  /**
   * Lets a worker finish what it holds, for at most `boundMs` milliseconds, and gives it nothing
   * more. It leaves when it is done.
   */
  readonly drainWorker: (name: string, boundMs: number) => void
  /**
   * Takes a client's task back from the worker it was sent to, to be placed anew. One that has
   * started, or is not with a worker, stays where it is.
   */
  readonly recall: (client: PeerId, task: TaskNumber) => void
  /**
   * Stops the scheduler in order, and succeeds when it has stopped, with the tasks that were left.
   *
   * From now on nobody new is let in, and a task that is submitted is cancelled at once. The others may
   * go on for `boundMs` milliseconds. What has not ended by then is cancelled, and the answers are
   * awaited for 30 s at most (G8). Then everybody is told. Asking again gives what runs so much time from
   * then on, unless it is being cancelled already. Interrupting it gives up the wait, not the stop.
   */
  readonly stop: (boundMs: number) => Effect.Effect<ReadonlyArray<LeftTask>>
  /** Succeeds when the scheduler has stopped, because somebody asked for that or its scope closed, with the tasks that were left. */
  readonly stopped: Effect.Effect<ReadonlyArray<LeftTask>>
  /**
   * Registers the scheduler's metrics with Effect's registry until the scope closes: `scaler_tasks_total`
   * by `state`, `scaler_task_queue_seconds`, `scaler_task_run_seconds`, `scaler_cancel_confirm_seconds` by
   * `receipt`, `scaler_cancel_unconfirmed`, `scaler_workers` by `state`, `scaler_workers_measured`,
   * `scaler_workers_cpu`, `scaler_workers_memory_bytes` and `scaler_messages_ignored_total`
   * by `reason`. They are read when somebody reads them, and cost nothing until then. Two schedulers in one
   * program need registries of their own.
   */
  readonly publishMetrics: Effect.Effect<void, never, Scope.Scope>
}

/** What of the shell is needed for it. */
interface Shell {
  readonly tables: Tables
  readonly desk: Desk
}

export const handleOf = ({ tables, desk }: Shell): Scheduler => {
  const stopped = Deferred.await(desk.shutdown.done)
  return {
    status: () => tables.status(),
    drainWorker: (name, boundMs) =>
      tables.drainWorker(name, Checked.milliseconds("boundMs", boundMs)),
    recall: (client, task) => {
      desk.beginTurn()
      tables.recall(client, task)
    },
    stop: (boundMs) =>
      Effect.suspend(() => {
        desk.beginTurn()
        desk.shutdown.ask(Checked.milliseconds("boundMs", boundMs))
        return stopped
      }),
    stopped,
    publishMetrics: published(tables, desk),
  }
}
