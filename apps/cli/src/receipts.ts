/** What an operator's cancel was told: in words, and as an exit code. */
import type { CancelReceipt } from "@scaler-ts/operator"
import { type ExitCode, exitCodes } from "./CommandError.ts"
import { formatDuration } from "./duration.ts"
import { receiptText } from "./Item.ts"

/** A receipt, for people. */
export const orderText = (receipt: CancelReceipt): string => {
  switch (receipt._tag) {
    case "Stopped":
      return `${receiptText({ ...receipt, cancelled: true })}${on(receipt.worker)}`
    case "Finished":
      return receipt.end === "none"
        ? "had ended before"
        : `${endWords[receipt.end]} before the cancel reached it${on(receipt.worker)}`
    case "WorkerLost":
      // Of a worker that an earlier scheduler had, nobody knows the name.
      return `its worker${receipt.worker === "" ? "" : ` ${receipt.worker}`} was lost; it will not run again, but may still be running there`
    case "Refused":
      return `refused to stop, and goes on${on(receipt.worker)}`
    case "NotFound":
      return "not found: nobody has submitted it, or it is forgotten"
    case "Unconfirmed":
      return `no confirmation within ${formatDuration(receipt.waitedMs)}; the order stands`
  }
}

const on = (worker: string): string => (worker === "" ? "" : ` on ${worker}`)

const endWords = {
  none: "had ended",
  succeeded: "succeeded",
  failed: "failed",
  timedOut: "ran out of its time",
  died: "died with what ran it",
  cancelled: "was cancelled",
  disowned: "was dropped with its client",
} as const

const codes: { readonly [Tag in CancelReceipt["_tag"]]: ExitCode } = {
  Stopped: exitCodes.success,
  Finished: exitCodes.finishedFirst,
  NotFound: exitCodes.notFound,
  Refused: exitCodes.refused,
  WorkerLost: exitCodes.timeUp,
  Unconfirmed: exitCodes.timeUp,
}

/** The gravest first: what may still be running is worse than what is not there. */
const gravest = [
  exitCodes.refused,
  exitCodes.timeUp,
  exitCodes.notFound,
  exitCodes.finishedFirst,
] as const

/** The code of one cancel, and of many the gravest. */
export const codeOf = (receipts: Iterable<CancelReceipt>): ExitCode => {
  const found = new Set(Array.from(receipts, ({ _tag }) => codes[_tag]))
  return gravest.find((code) => found.has(code)) ?? exitCodes.success
}
