/** The machine's receipt as the caller of `cancel` gets it. */
import type { ClientTask } from "@scaler-ts/protocol"
import type { Receipt, StoppedHow } from "../Receipt.ts"
import { type Ended, resultExit } from "./decodeResult.ts"

type StoppedOnWire = Extract<ClientTask.Receipt, { readonly _tag: "Stopped" }>["how"]

const stoppedHow: Readonly<Record<StoppedOnWire, StoppedHow>> = {
  neverStarted: "never-started",
  cooperative: "cooperative",
  killed: "killed",
  unknown: "unknown",
}

/** What a receipt says beyond what the machine knows. */
export interface Facts {
  /** The result that raced the cancel. */
  readonly result: Ended | undefined
  /** Whether the future ended as cancelled. */
  readonly cancelled: boolean
  /** How long the newest request has been waited for, in milliseconds. */
  readonly waitedMs: number
  /** When the scheduler was last heard, in milliseconds since the epoch. */
  readonly lastSeen: number | undefined
}

export const publicReceipt = (receipt: ClientTask.Receipt, facts: Facts): Receipt<unknown> => {
  switch (receipt._tag) {
    case "Stopped":
      return { ...receipt, how: stoppedHow[receipt.how], cancelled: true }
    case "Finished":
      if (facts.result === undefined) throw new Error("G3: a Finished receipt without its result")
      return { ...receipt, exit: resultExit(facts.result), cancelled: facts.cancelled }
    case "WorkerLost":
      return { ...receipt, cancelled: true }
    case "NotFound":
      return { ...receipt, cancelled: facts.cancelled }
    case "Refused":
      return { ...receipt, cancelled: false }
    case "Unconfirmed":
      return {
        ...receipt,
        waitedMs: facts.waitedMs,
        lastSeen: facts.lastSeen,
        cancelled: false,
      }
  }
}
