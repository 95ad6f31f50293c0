/** Spans of what tasks go through at the scheduler, each made when it is over. */
import { type SchedulerTask, TaskId, Traceparent } from "@scaler-ts/protocol"
import type { Tracing } from "@scaler-ts/runtime"
import type { Entry } from "./entries.ts"
import { holderIn } from "./Moves.ts"
import { answerTo, type Move } from "./Tally.ts"

interface Moment {
  /** When, by the loop's clock. */
  readonly atMs: number
}

export class Stages {
  private readonly tracing: Tracing.Tracing

  constructor(tracing: Tracing.Tracing) {
    this.tracing = tracing
  }

  /** A task that belongs to a trace has come from one state into another. */
  moved(entry: Entry, before: SchedulerTask.State, move: Move & Moment): void {
    const parent = Traceparent.parse(entry.task.traceparent)
    if (parent === undefined) return
    const { from, to, end } = move
    const isOver = to === "ended"
    if (from === "queued") {
      this.tell("scaler.queue", parent, entry, move, {
        ...attemptOf(isOver ? before : entry.state),
        ...(isOver ? { "scaler.task.end": end } : {}),
      })
    }
    // In the queue it is stopped at once.
    const isCancel = from === "cancelling" || (from === "queued" && end === "cancelled")
    if (!isCancel) return
    const heldMs = from === "queued" ? 0 : move.heldMs
    this.tell(
      "scaler.cancel",
      parent,
      entry,
      { ...move, heldMs },
      {
        ...attemptOf(before),
        "scaler.cancel.receipt": isOver ? answerTo(entry, end) : "Refused",
        "scaler.cancel.cause": askedBy(before),
      },
    )
  }

  private tell(
    name: string,
    parent: Traceparent.Context,
    entry: Entry,
    { heldMs, atMs }: Pick<Move, "heldMs"> & Moment,
    attributes: Tracing.Attributes,
  ): void {
    const { client, task } = entry
    const span = this.tracing.begin({
      name,
      kind: "internal",
      parent,
      sinceMs: atMs - heldMs,
      attributes: {
        "scaler.task.id": TaskId.format(client.session, task.task),
        "scaler.task.name": task.name,
        ...attributes,
      },
    })
    this.tracing.end(span, "done")
  }
}

const attemptOf = (state: SchedulerTask.State): Tracing.Attributes => {
  const { worker, attempt } = holderIn(state)
  return {
    ...(attempt > 0 ? { "scaler.task.attempt": attempt } : {}),
    ...(worker === "" ? {} : { "scaler.worker": worker }),
  }
}

/** What asked for a cancel: a client or an operator, the task's timeout, or the loss of whoever had its future. */
const askedBy = (before: SchedulerTask.State): string => {
  if (before._tag !== "cancelling" || before.asked.client) return "request"
  return before.asked.timeout ? "timeout" : "ownerLost"
}
