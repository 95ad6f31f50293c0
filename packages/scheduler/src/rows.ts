/** What operators are told, row by row. */
import { type Message, type SchedulerTask, TaskId } from "@scaler-ts/protocol"
import type { Entry, Worker } from "./entries.ts"
import { holderIn, placeOf } from "./Moves.ts"
import type { Waiting, WhyWaiting } from "./placement/waiting.ts"
import { liveStates, type Tally } from "./Tally.ts"

/** A task as operators are told of it, but for the number under which. */
export type Row = Omit<Message.TaskTold, "request">

/** A task that had not ended when a worker or the scheduler left, and where it was. */
export interface LeftTask {
  /** Its public name. */
  readonly id: string
  readonly name: string
  readonly state: Message.TaskState
  /** Empty for one that had none. */
  readonly worker: string
}

export const leftTask = ({ id, name, state, worker }: Row): LeftTask => ({
  id,
  name,
  state,
  worker,
})

/** `holding`: the state that says where it is or was. */
export const rowOf = (
  entry: Entry,
  end: Message.TaskEnd,
  holding: SchedulerTask.State,
  ageMs: number,
): Row => ({
  _tag: "TaskTold",
  id: TaskId.format(entry.client.session, entry.task.task),
  name: entry.task.name,
  state: placeOf(entry.state) ?? "queued",
  end,
  ...holderIn(holding),
  ageMs,
  rung: entry.rung,
})

/** A task that has not ended, as it stands. */
export const standing = (entry: Entry, nowMs: number): Row =>
  rowOf(entry, "none", entry.state, Math.max(0, nowMs - entry.sinceMs))

/** The tasks that are asked for, oldest first within a state, and how many more there are. */
export const pageOf = (
  { state, name, worker, limit }: Message.TasksAsked,
  tally: Tally,
): { readonly entries: ReadonlyArray<Entry>; readonly leftOut: number } => {
  const entries: Array<Entry> = []
  let leftOut = 0
  for (const one of liveStates) {
    if (state !== "any" && state !== one) continue
    const list = tally.lists[one]
    if (name === "" && worker === "" && entries.length >= limit) {
      leftOut += list.size
      continue
    }
    for (const entry of list) {
      if (name !== "" && entry.task.name !== name) continue
      if (worker !== "" && holderIn(entry.state).worker !== worker) continue
      if (entries.length < limit) entries.push(entry)
      else leftOut++
    }
  }
  return { entries, leftOut }
}

export const workerRow = (
  worker: Worker,
  request: number,
  silentMs: number,
): Message.WorkerTold => ({
  _tag: "WorkerTold",
  request,
  worker: worker.name,
  slots: worker.slots,
  prefetch: worker.prefetch,
  held: worker.held,
  capabilities: worker.capabilities,
  tasks: worker.tasks,
  draining: worker.draining,
  away: worker.away,
  silentMs,
  ...worker.load,
})

/** How many tasks are in each state that there are tasks in, and how long the one that is longest in it. */
export const countsOf = (
  { lists }: Tally,
  nowMs: number,
): Pick<Message.StatusTold, "tasks" | "oldestMs"> => {
  const tasks: Record<string, number> = {}
  const oldestMs: Record<string, number> = {}
  for (const state of liveStates) {
    const { first, size } = lists[state]
    if (first === undefined) continue
    tasks[state] = size
    oldestMs[state] = Math.max(0, nowMs - first.sinceMs)
  }
  return { tasks, oldestMs }
}

export const waitingRow = (
  { name, capabilities, tasks, why }: Waiting,
  request: number,
): Message.WaitingTold => ({
  _tag: "WaitingTold",
  request,
  name,
  capabilities,
  tasks,
  ...nothingSaid,
  ...saidOf(why),
})

const nothingSaid = { lacking: [], full: 0, draining: 0, away: 0, recovering: false }

const saidOf = (
  why: WhyWaiting,
): Pick<Message.WaitingTold, "why"> &
  Partial<Pick<Message.WaitingTold, "lacking" | "full" | "draining" | "away" | "recovering">> => {
  switch (why._tag) {
    case "Recovering":
      return { why: "busy", recovering: true }
    case "NotOffered":
      return { why: "notOffered" }
    case "TooLittle":
      return { why: "tooLittle", lacking: why.lacking }
    case "Busy": {
      const { full, draining, away } = why
      return { why: "busy", full, draining, away }
    }
  }
}

/** Those that are not 0. */
export const withoutZeros = (
  counts: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0))
