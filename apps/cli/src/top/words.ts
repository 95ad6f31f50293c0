/** What a scheduler tells, in words. Names come from anywhere: nothing here moves a cursor. */
import type { TaskState, TaskStatus, WaitingStatus, WorkerStatus } from "@scaler-ts/operator"
import { printable } from "../stream.ts"

type LiveState = Exclude<TaskState, "ended">

/** The states of tasks that have not ended, in the order in which they come. */
export const liveStates: ReadonlyArray<LiveState> = [
  "queued",
  "dispatched",
  "running",
  "recalling",
  "cancelling",
]

export const workerState = ({ away, draining }: WorkerStatus): string => {
  if (away) return "away"
  return draining ? "draining" : "ready"
}

/** How far the cancel of a task has come; nothing for one that is not being cancelled. */
export const rungText = ({ rung }: Pick<TaskStatus, "rung">): string =>
  rung === "none" ? "" : rung

/** How busy a worker keeps its machine: `100%` is one processor, all the time; `-` where it does not tell. */
export const cpuText = ({ cpu }: Pick<WorkerStatus, "cpu">): string =>
  cpu === undefined ? "-" : `${Math.round(cpu * 100)}%`

const mebibyte = 1024 ** 2

/** How much memory a worker has: `83 MiB`, `1.5 GiB`; `-` where it does not tell. */
export const memoryText = ({ memoryBytes }: Pick<WorkerStatus, "memoryBytes">): string => {
  if (memoryBytes === undefined) return "-"
  const mib = memoryBytes / mebibyte
  return mib < 1_000 ? `${Math.round(mib)} MiB` : `${(mib / 1024).toFixed(1)} GiB`
}

/** `gpu=1, memory=8`. */
export const capabilityText = (capabilities: Readonly<Record<string, number>>): string =>
  Object.entries(capabilities)
    .map(([name, amount]) => `${printable(name)}=${amount}`)
    .join(", ")

/** Why tasks wait. */
export const waitingText = (waiting: WaitingStatus): string => {
  switch (waiting.why) {
    case "notOffered":
      return "no worker offers it"
    case "tooLittle":
      return waiting.lacking.length === 0
        ? "no worker has enough of all it needs"
        : `no worker has enough ${waiting.lacking.map(printable).join(", ")}`
    case "recovering":
      return "a worker may still run it from before the scheduler started"
    case "busy":
      return busyText(waiting)
  }
}

const busyText = ({ away, draining, full }: WaitingStatus): string => {
  const parts = [
    ...(full === 0 ? [] : [`${full} full`]),
    ...(draining === 0 ? [] : [`${draining} draining`]),
    ...(away === 0 ? [] : [`${away} away`]),
  ]
  return `its workers are busy${parts.length === 0 ? "" : ` (${parts.join(", ")})`}`
}

/** A count with its thing: `1 client`, `2 clients`. */
export const countText = (count: number, thing: string): string =>
  `${count.toLocaleString("en-US")} ${thing}${count === 1 ? "" : "s"}`

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
