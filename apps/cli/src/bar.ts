/** The progress of a run as one line: rendering only. */
import { formatSeconds } from "./duration.ts"
import { cutEnd, type Paint, textWidth } from "./terminal.ts"

/** How far a run has come. */
export interface Snapshot {
  /** `undefined` while nobody knows: more may come. */
  readonly total: number | undefined
  /** Ended, however they ended. */
  readonly done: number
  readonly failed: number
  readonly elapsedMs: number
  readonly isStopping: boolean
}

const barWidthMax = 30
/** A shorter bar says less than the numbers beside it. */
const barWidthMin = 8

/** The bar for a terminal, never wider than `width`. */
export const renderBar = (snapshot: Snapshot, width: number, paint: Paint): string => {
  const { done, failed, isStopping, total } = snapshot
  const head = isStopping ? "cancelling " : ""
  const rest = [...(failed === 0 ? [] : [`${failed} failed`]), ...pace(snapshot)]
  if (total === undefined) return cutEnd(head + [`${done} done`, ...rest].join("  "), width)
  const share = total === 0 ? 1 : done / total
  const count = `${String(done).padStart(String(total).length)}/${total}`
  const tail = [count, `${Math.floor(share * 100)}%`, ...rest].join("  ")
  const room = Math.min(barWidthMax, width - textWidth(head) - textWidth(tail) - 2)
  if (room < barWidthMin) return cutEnd(head + tail, width)
  const filled = Math.round(share * room)
  const bar =
    paint(isStopping ? "yellow" : "green", "█".repeat(filled)) +
    paint("dim", "░".repeat(room - filled))
  return `${head}${bar}  ${tail}`
}

/** The same as a plain line, for logs. */
export const renderLine = (snapshot: Snapshot): string => {
  const { done, failed, isStopping, total } = snapshot
  return [
    `${isStopping ? "cancelling: " : ""}${done}${total === undefined ? "" : ` of ${total}`} done`,
    ...(failed === 0 ? [] : [`${failed} failed`]),
    ...pace(snapshot),
  ].join(", ")
}

/** Rate and time left; nothing before there is something to judge by, or once it is stopping. */
const pace = ({ done, elapsedMs, isStopping, total }: Snapshot): ReadonlyArray<string> => {
  if (isStopping || done === 0 || elapsedMs <= 0) return []
  const rate = rateText(done / (elapsedMs / 1000))
  if (total === undefined || done === total) return [rate]
  return [rate, `${formatSeconds((elapsedMs / done) * (total - done))} left`]
}

/** A pace, by the second or the minute. */
export const rateText = (perSecond: number): string => {
  if (perSecond >= 9.95) return `${Math.round(perSecond)}/s`
  return perSecond >= 0.95 ? `${perSecond.toFixed(1)}/s` : `${(perSecond * 60).toFixed(1)}/min`
}
