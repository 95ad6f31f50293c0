/** The words of a finished run: the summary, and the lines of `--json`. */
import { formatDuration } from "./duration.ts"
import {
  type AnyReceipt,
  type End,
  type EndedItem,
  receiptWords,
  type ReceiptKind,
  type Totals,
} from "./Item.ts"
import { recordText } from "./output.ts"
import type { Paint } from "./stream.ts"
import { errorText, jsonable, receiptJson } from "./values.ts"

/** `570 succeeded, 2 failed, 0 cancelled in 12.3 s`, and a line of receipts if there are any. */
export const renderSummary = (
  totals: Totals,
  elapsedMs: number,
  paint: Paint,
): ReadonlyArray<string> => {
  const count = (n: number, word: string, style: "green" | "red" | "yellow"): string =>
    n === 0 ? `0 ${word}` : paint(style, `${n} ${word}`)
  const parts = [
    count(totals.succeeded, "succeeded", "green"),
    count(totals.failed, "failed", "red"),
    count(totals.cancelled, "cancelled", "yellow"),
    ...(totals.lost === 0 ? [] : [count(totals.lost, "lost", "red")]),
  ]
  const line = `${parts.join(", ")} in ${formatDuration(elapsedMs)}`
  const receipts = receiptsText(totals)
  return receipts === "" ? [line] : [line, `receipts: ${receipts}`]
}

/** `2 killed, 568 never started`. */
const receiptsText = ({ receipts }: Totals): string =>
  Object.entries(receipts)
    // The keys are those of a `Totals`.
    .map(([kind, n]) => `${n} ${receiptWords[kind as ReceiptKind]}`)
    .join(", ")

/** One line of `--json` for an item that has ended. */
export const itemJson = ({ end, file, ms, receipt }: EndedItem): string =>
  recordText("item", { file, ...endFields(end, receipt), ms: Math.round(ms ?? 0) })

/** How an item has ended, and what its cancel was told if there was one. */
export const endFields = (
  end: End,
  receipt: AnyReceipt | undefined,
): Readonly<Record<string, unknown>> => ({
  state: end.state,
  ...("value" in end ? { value: jsonable(end.value) } : {}),
  ...("error" in end ? { error: errorText(end.error) } : {}),
  ...(receipt === undefined ? {} : { receipt: receiptJson(receipt) }),
})

/** The last line of `--json`. */
export const summaryJson = (totals: Totals, elapsedMs: number): string =>
  recordText("summary", summaryFields(totals, elapsedMs))

export const summaryFields = (
  totals: Totals,
  elapsedMs: number,
): Readonly<Record<string, unknown>> => ({ ...totals, elapsedMs: Math.round(elapsedMs) })
