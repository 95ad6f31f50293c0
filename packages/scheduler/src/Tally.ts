/** What has come of tasks so far, in numbers: for status and for metrics. Costs a few additions per move. */
import type { Message } from "@scaler-ts/protocol"
import type { Entry } from "./entries.ts"
import { Histogram } from "./Histogram.ts"
import { StateList } from "./StateList.ts"

/** What became of a cancel. A name that a receipt has means the same here. */
export type CancelEnd = "Stopped" | "Finished" | "WorkerLost" | "Refused"

/** The states a task can be in. */
export type LiveState = Exclude<Message.TaskState, "ended">

export const liveStates: ReadonlyArray<LiveState> = [
  "queued",
  "dispatched",
  "running",
  "recalling",
  "cancelling",
]

const perState = <A>(make: () => A): Record<LiveState, A> => ({
  queued: make(),
  dispatched: make(),
  running: make(),
  recalling: make(),
  cancelling: make(),
})

/** A task comes from one state into another. */
export interface Move {
  readonly from: Message.TaskState | undefined
  readonly to: Message.TaskState
  /** How long it was in the state before. */
  readonly heldMs: number
  /** How it ended. */
  readonly end: Message.TaskEnd
  /** Whether, if it was being cancelled, somebody is told: its timeout and the loss of its owner ask, too. */
  readonly isAnswered: boolean
}

export class Tally {
  /** The tasks in each state, the one that is longest in it first. */
  readonly lists: Record<LiveState, StateList<Entry>> = perState(() => new StateList())
  /** How often tasks have come into each state. */
  readonly entered: Record<LiveState, number> = perState(() => 0)
  /** How many have ended, by how. */
  readonly ended: Record<Exclude<Message.TaskEnd, "none">, number> = {
    succeeded: 0,
    failed: 0,
    timedOut: 0,
    died: 0,
    cancelled: 0,
    disowned: 0,
  }
  /** How long tasks were in the queue, each time. */
  readonly queued: Histogram = new Histogram()
  /** How long functions ran that came to a result. */
  readonly ran: Histogram = new Histogram()
  /** How long cancels took to be answered, by the answer. */
  readonly cancels: Record<CancelEnd, Histogram> = {
    Stopped: new Histogram(),
    Finished: new Histogram(),
    WorkerLost: new Histogram(),
    Refused: new Histogram(),
  }

  /** A task has come from one state into another. */
  moved(entry: Entry, { from, to, heldMs, end, isAnswered }: Move): void {
    if (from !== undefined && from !== "ended") this.lists[from].remove(entry)
    if (to !== "ended") {
      this.lists[to].push(entry)
      this.entered[to]++
      if (from === "queued" && to === "dispatched") this.queued.add(heldMs)
      if (from === "cancelling" && isAnswered) this.cancels.Refused.add(heldMs)
      return
    }
    if (end !== "none") this.ended[end]++
    if (!isAnswered) return
    if (from === "cancelling") this.cancels[answerTo(entry, end)].add(heldMs)
    // In the queue it is answered at once.
    else if (end === "cancelled") this.cancels[answerTo(entry, end)].add(0)
  }
}

/** What who asked for the cancel of a task is told now that it has ended. */
export const answerTo = ({ state }: Entry, end: Message.TaskEnd): CancelEnd => {
  if (end !== "cancelled") return "Finished"
  const isLost = state._tag === "ended" && state.confirm?.how === "workerLost"
  return isLost ? "WorkerLost" : "Stopped"
}
