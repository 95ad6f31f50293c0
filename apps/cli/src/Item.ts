/**
 * One file of a run, and what became of it.
 *
 * - **I1** Every item gets exactly one end: the first that is settled counts.
 * - **I2** An item that the command cancelled has the receipt, whatever its end.
 */
import type { Future, Outcome, Receipt } from "@scaler-ts/future"
import { formatDuration } from "./duration.ts"

/** The command's own receipt: the run was stopped before this file's task was even submitted. */
export interface NotSubmitted {
  readonly _tag: "NotSubmitted"
  readonly cancelled: true
}

export const notSubmitted: NotSubmitted = { _tag: "NotSubmitted", cancelled: true }

export type AnyReceipt = Receipt<unknown> | NotSubmitted

export type End =
  | { readonly state: "succeeded"; readonly value: unknown }
  | { readonly state: "failed"; readonly error: unknown }
  | { readonly state: "cancelled" }
  /** Without an error where the receipt says why: the cancel was refused, or nobody answered it. */
  | { readonly state: "lost"; readonly error?: unknown }

type State = End["state"]

export interface Item {
  /** Absolute. */
  readonly file: string
  /** Set once the task has been submitted. */
  future?: Future.Future<unknown>
  submittedMs?: number
  isCancelling?: boolean
  end?: End
  receipt?: AnyReceipt
  /** From the submission to the end. */
  ms?: number
}

/** An item that has its end. */
export type EndedItem = Item & { readonly end: End }

export const isEnded = (item: Item): item is EndedItem => item.end !== undefined

/** The end that a future's outcome is. */
export const endOf = (outcome: Outcome<unknown>): End => {
  switch (outcome._tag) {
    case "Succeeded":
      return { state: "succeeded", value: outcome.value }
    case "Failed":
      return { state: "failed", error: outcome.error }
    case "Cancelled":
      return { state: "cancelled" }
    case "Lost":
      return { state: "lost", error: outcome.error }
  }
}

/** The end that the receipt of a cancel settles; `undefined`: its future has it. */
export const endBy = (receipt: Receipt<unknown>): End | undefined => {
  switch (receipt._tag) {
    case "Unconfirmed":
    case "Refused":
      return { state: "lost" }
    case "AlreadyDone":
      return endOf(receipt.outcome)
    default:
      return undefined
  }
}

/** The receipt that is worth telling of: none where nothing was cancelled. */
export const toldOf = (receipt: Receipt<unknown>): Receipt<unknown> | undefined =>
  receipt._tag === "AlreadyDone" ? undefined : receipt

/** A receipt as a word to count by; `Stopped` is counted by how. */
export type ReceiptKind =
  | "not-submitted"
  | "never-started"
  | "cooperative"
  | "killed"
  | "stopped"
  | "finished"
  | "worker-lost"
  | "not-found"
  | "refused"
  | "unconfirmed"
  | "already-done"

export const kindOf = (receipt: AnyReceipt): ReceiptKind => {
  switch (receipt._tag) {
    case "NotSubmitted":
      return "not-submitted"
    case "Stopped":
      return receipt.how === "unknown" ? "stopped" : receipt.how
    case "Finished":
      return "finished"
    case "WorkerLost":
      return "worker-lost"
    case "NotFound":
      return "not-found"
    case "Refused":
      return "refused"
    case "Unconfirmed":
      return "unconfirmed"
    case "AlreadyDone":
      return "already-done"
  }
}

/** A receipt's kind, for people. */
export const receiptWords: Readonly<Record<ReceiptKind, string>> = {
  "not-submitted": "never submitted",
  "never-started": "never started",
  cooperative: "stopped by itself when asked",
  killed: "killed",
  stopped: "stopped",
  finished: "finished before the cancel reached it",
  "worker-lost": "its worker was lost",
  "not-found": "not found",
  refused: "refused to stop",
  unconfirmed: "no confirmation",
  "already-done": "had ended",
}

/** A receipt, for people: how the task stopped, and how long that took where it had started. */
export const receiptText = (receipt: AnyReceipt): string => {
  if (receipt._tag !== "Stopped") return receiptWords[kindOf(receipt)]
  switch (receipt.how) {
    case "cooperative":
    case "killed": {
      const after = formatDuration(receipt.stopMs)
      return `stopped after ${after}, ${receipt.how === "killed" ? "killed" : "by itself"}`
    }
    case "never-started":
    case "unknown":
      return receiptWords[kindOf(receipt)]
  }
}

/** What the ends of a run add up to; `receipts` has only the kinds there were. */
export interface Totals {
  readonly total: number
  readonly succeeded: number
  readonly failed: number
  readonly cancelled: number
  readonly lost: number
  readonly receipts: Readonly<Partial<Record<ReceiptKind, number>>>
}

/** Adds up ends as they come. */
export class Tally {
  private readonly states: Record<State, number> = {
    succeeded: 0,
    failed: 0,
    cancelled: 0,
    lost: 0,
  }
  private readonly receipts: Partial<Record<ReceiptKind, number>> = {}
  private total = 0

  add({ end, receipt }: Pick<Item, "end" | "receipt">): void {
    this.total += 1
    if (end === undefined) return
    this.states[end.state] += 1
    if (receipt === undefined) return
    const kind = kindOf(receipt)
    this.receipts[kind] = (this.receipts[kind] ?? 0) + 1
  }

  get totals(): Totals {
    return { total: this.total, ...this.states, receipts: this.receipts }
  }
}

export const totalsOf = (items: ReadonlyArray<Item>): Totals => {
  const tally = new Tally()
  for (const item of items) tally.add(item)
  return tally.totals
}
