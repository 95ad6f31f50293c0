/** What a scheduler tells, in words. Names come from anywhere: nothing here moves a cursor. */
import type { CancelReceipt, TaskState, WaitingStatus, WorkerStatus } from "@scaler-ts/operator"
import { receiptText, receiptWords } from "../Item.ts"
import { printable } from "../terminal.ts"

type LiveState = Exclude<TaskState, "ended">

/** The states of tasks that have not ended, in the order in which they come. */
export const liveStates: ReadonlyArray<LiveState> = [
  "queued",
  "dispatched",
  "running",
  "recalling",
  "cancelling",
]

/** What became of a cancel, as `map` words it. */
export const orderText = (receipt: CancelReceipt): string => {
  switch (receipt._tag) {
    case "Stopped":
      return receiptText({ ...receipt, cancelled: true })
    case "Finished":
      return receipt.end === "none" ? receiptWords["already-done"] : receiptWords.finished
    case "WorkerLost":
      return `${receiptWords["worker-lost"]}; whether its code still runs is unknown`
    case "Refused":
      return `${receiptWords.refused}, and goes on`
    case "NotFound":
      return receiptWords["not-found"]
    case "Unconfirmed":
      return `${receiptWords.unconfirmed} yet; the order stands`
  }
}

export const workerState = ({ away, draining }: WorkerStatus): string => {
  if (away) return draining ? "draining, away" : "away"
  return draining ? "draining" : "here"
}

/** `gpu:1 memory:8`. */
export const capabilityText = (capabilities: Readonly<Record<string, number>>): string =>
  Object.entries(capabilities)
    .map(([name, amount]) => `${printable(name)}:${amount}`)
    .join(" ")

/** Why tasks wait. */
export const waitingText = (waiting: WaitingStatus): string => {
  switch (waiting.why) {
    case "notOffered":
      return "no worker that is here offers it"
    case "tooLittle":
      return waiting.lacking.length === 0
        ? "workers have enough of each that it needs, but none of all"
        : `no worker has enough ${waiting.lacking.map(printable).join(", ")}`
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
  return parts.length === 0 ? "workers are about to take it" : `workers: ${parts.join(", ")}`
}

/** A count with its thing: `1 client`, `2 clients`. */
export const countText = (count: number, thing: string): string =>
  `${count.toLocaleString("en-US")} ${thing}${count === 1 ? "" : "s"}`

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
