/** What the scheduler's rows come to. */
import type { Message } from "@scaler-ts/protocol"
import type {
  CancelReceipt,
  Drained,
  LeftTask,
  SchedulerStatus,
  Stopped,
  TaskEvent,
  TaskPage,
} from "../vocabulary.ts"
import type { Told } from "./OperatorShell.ts"

type Rows = ReadonlyArray<Told>

const rowsOf = <Tag extends Told["_tag"]>(
  rows: Rows,
  tag: Tag,
): ReadonlyArray<Extract<Told, { readonly _tag: Tag }>> =>
  rows.filter((row): row is Extract<Told, { readonly _tag: Tag }> => row._tag === tag)

const moreIn = (rows: Rows): number => rowsOf(rows, "TasksTold")[0]?.leftOut ?? 0

export const statusOf = (rows: Rows): SchedulerStatus => {
  const [status] = rowsOf(rows, "StatusTold")
  // It is the row by which an answer is known to be whole.
  const { _tag, request: _request, ...rest } = status as Message.StatusTold
  return {
    ...rest,
    workers: rowsOf(rows, "WorkerTold").map(({ _tag, request: _request, ...worker }) => worker),
    waiting: rowsOf(rows, "WaitingTold").map(
      ({ _tag, request: _request, recovering, why, ...one }) => ({
        ...one,
        why: recovering ? "recovering" : why,
      }),
    ),
  }
}

export const pageOf = (rows: Rows): TaskPage => ({
  tasks: rowsOf(rows, "TaskTold").map(({ _tag, request: _request, end: _end, ...task }) => task),
  more: moreIn(rows),
})

const leftIn = (rows: Rows): { readonly left: ReadonlyArray<LeftTask>; readonly more: number } => ({
  left: rowsOf(rows, "TaskTold").map(({ id, name, state, worker }) => ({
    id,
    name,
    state,
    worker,
  })),
  more: moreIn(rows),
})

export const receiptOf = (rows: Rows): CancelReceipt => {
  const { outcome, how, worker, attempt, stopMs, end } = rows.at(-1) as Message.OrderTold
  switch (outcome) {
    case "done":
      if (how === "workerLost") return { _tag: "WorkerLost", worker }
      return {
        _tag: "Stopped",
        how: how === "neverStarted" ? "never-started" : how,
        worker,
        attempt,
        stopMs,
      }
    case "ended":
      return { _tag: "Finished", end, worker }
    case "refused":
      return { _tag: "Refused", worker }
    case "notFound":
      return { _tag: "NotFound" }
  }
}

export const drainedOf = (rows: Rows): Drained => {
  const { outcome } = rows.at(-1) as Message.OrderTold
  return outcome === "notFound" ? { _tag: "NotFound" } : { _tag: "Left", ...leftIn(rows) }
}

export const stoppedOf = (rows: Rows): Stopped => ({ _tag: "Stopped", ...leftIn(rows) })

/** What one who watches is told. */
export const eventOf = (message: Told): TaskEvent | undefined => {
  switch (message._tag) {
    case "TaskTold": {
      const { _tag, request: _request, ageMs, rung: _rung, ...move } = message
      return { _tag: "Moved", ...move, heldMs: ageMs }
    }
    case "TasksTold":
      return { _tag: "LeftOut", count: message.leftOut, cut: message.cut }
    case "WorkerTold":
    case "WaitingTold":
    case "StatusTold":
    case "OrderTold":
      return undefined
  }
}
