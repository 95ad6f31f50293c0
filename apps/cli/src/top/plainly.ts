/** A reading off a terminal: a line for logs, or a line of JSON. */
import type { SchedulerStatus, TaskStatus } from "@scaler-ts/operator"
import { confirmParts, oldestText, paceText, slotsText } from "./head.ts"
import { endedOf, type Reading, type State } from "./State.ts"
import { countText, liveStates } from "./words.ts"

/** Raised when a field changes its meaning or goes; new fields do not raise it. */
const schemaVersion = 1

/** One line of `--json`. */
export interface Snapshot extends Omit<SchedulerStatus, "tasks"> {
  readonly version: typeof schemaVersion
  readonly type: "snapshot"
  /** When it was taken, in ISO 8601. */
  readonly at: string
  /** How many tasks there are in each state; a state without any is not there. */
  readonly states: Readonly<Record<string, number>>
  /** How many tasks ended per second since the snapshot before; `null` in the first. */
  readonly perSecond: number | null
  /** What became of cancels since the command began to watch. */
  readonly cancels: {
    /** Of tasks that workers had: what is cancelled in the queue takes no time. */
    readonly confirmed: number
    /** From the cancel to the confirm, of the last 1,000; `null` before the first. */
    readonly p50Ms: number | null
    readonly p99Ms: number | null
    /** What a cancel has not stopped, and for how long nothing else is known. */
    readonly stillRunning: ReadonlyArray<{
      readonly id: string
      readonly name: string
      readonly worker: string
      readonly why: "refused" | "unconfirmed"
      readonly forMs: number
    }>
  }
  /** Tasks that have not ended, those that are longest in their state first; 500 at most. */
  readonly tasks: ReadonlyArray<TaskStatus>
  /** How many more there are. */
  readonly more: number
}

export const snapshotOf = (state: State, reading: Reading, at: Date): Snapshot => {
  const { cancels, nowMs, page, status } = reading
  const { tasks: states, ...rest } = status
  return {
    version: schemaVersion,
    type: "snapshot",
    at: at.toISOString(),
    states,
    perSecond: state.rate ?? null,
    ...rest,
    cancels: {
      confirmed: cancels.confirmed,
      p50Ms: cancels.p50Ms ?? null,
      p99Ms: cancels.p99Ms ?? null,
      stillRunning: cancels.stillRunning.map(({ sinceMs, ...task }) => ({
        ...task,
        forMs: Math.round(Math.max(0, nowMs - sinceMs)),
      })),
    },
    tasks: page.tasks,
    more: page.more,
  }
}

/** The same as a line for people. */
export const plainLine = (state: State, { cancels, status }: Reading): string => {
  const oldest = oldestText(status)
  const states = liveStates.map((one) => `${one} ${status.tasks[one] ?? 0}`).join(", ")
  const pace = paceText(state.rate)
  const still = cancels.stillRunning.length
  return [
    oldest === undefined ? states : `${states} (oldest ${oldest})`,
    [`ended ${endedOf(status)}`, ...(pace === undefined ? [] : [pace])].join(", "),
    slotsText(status),
    countText(status.clients, "client"),
    ...(cancels.confirmed === 0 ? [] : confirmParts(cancels)),
    ...(still === 0 ? [] : [`${still} still running after cancel`]),
    ...(status.stopping ? ["being stopped"] : []),
  ].join("; ")
}
