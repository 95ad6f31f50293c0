/**
 * What stderr shows while a run is under way: a bar on a terminal, now and then a line elsewhere.
 *
 * Owns the last line of the terminal: whoever writes while it is there goes through `say`.
 */
import { renderBar, renderLine, type Snapshot } from "./bar.ts"
import type { Paint } from "./stream.ts"

export interface Progress {
  /** Writes a line above the bar. */
  readonly say: (line: string) => void
  /** Takes the bar away. Nothing is drawn afterwards. */
  readonly end: () => void
}

export interface ProgressOptions {
  readonly output: Pick<NodeJS.WriteStream, "write" | "columns">
  readonly mode: "bar" | "lines" | "none"
  readonly paint: Paint
  readonly snapshot: () => Snapshot
}

/** Often enough to look smooth, seldom enough to cost nothing. */
const barEveryMs = 100
/** A line of a log every few seconds. */
const lineEveryMs = 5000

/** Clears the line that the cursor is in. */
const clearLine = "\r\u001b[K"

/** Used where a terminal does not know its width. */
const columnsDefault = 80

/** Starts drawing; call `end`, or its timer keeps the process alive. */
export const startProgress = ({ mode, output, paint, snapshot }: ProgressOptions): Progress => {
  const draw = (): void => {
    if (mode === "lines") output.write(`scaler-ts: ${renderLine(snapshot())}\n`)
    // One column stays free: a full line would wrap on some terminals.
    const width = (output.columns ?? columnsDefault) - 1
    if (mode === "bar") output.write(clearLine + renderBar(snapshot(), width, paint))
  }
  const timer =
    mode === "none" ? undefined : setInterval(draw, mode === "bar" ? barEveryMs : lineEveryMs)
  if (mode === "bar") draw()
  let isOver = false
  return {
    say: (line) => {
      const above = mode === "bar" && !isOver
      output.write(`${above ? clearLine : ""}scaler-ts: ${line}\n`)
      if (above) draw()
    },
    end: () => {
      if (isOver) return
      isOver = true
      clearInterval(timer)
      if (mode === "bar") output.write(clearLine)
    },
  }
}
