/**
 * What stderr shows while a run is under way: a bar on a terminal, now and then a line elsewhere.
 *
 * Owns the last line of the terminal: whoever writes while it is there goes through `say`.
 */
import { renderBar, renderLine, type Snapshot } from "./bar.ts"
import type { Output } from "./output.ts"
import { coloured, isAnimated, isColoured, type Paint, plain } from "./stream.ts"

export interface Progress {
  /** Takes the bar away for something that is written in its place; it is back soon. */
  readonly hide: () => void
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

/** Used where a terminal does not know its width, or says that it has none. */
const columnsDefault = 80

/** Starts drawing; call `end`, or its timer keeps the process alive. */
export const startProgress = ({ mode, output, paint, snapshot }: ProgressOptions): Progress => {
  const draw = (): void => {
    if (mode === "lines") output.write(`scaler-ts: ${renderLine(snapshot())}\n`)
    // One column stays free: a full line would wrap on some terminals.
    const width = (output.columns || columnsDefault) - 1
    if (mode === "bar") output.write(clearLine + renderBar(snapshot(), width, paint))
  }
  const timer =
    mode === "none" ? undefined : setInterval(draw, mode === "bar" ? barEveryMs : lineEveryMs)
  if (mode === "bar") draw()
  let isOver = false
  const hide = (): void => {
    if (mode === "bar" && !isOver) output.write(clearLine)
  }
  return {
    hide,
    say: (line) => {
      hide()
      output.write(`scaler-ts: ${line}\n`)
      if (mode === "bar" && !isOver) draw()
    },
    end: () => {
      hide()
      isOver = true
      clearInterval(timer)
    },
  }
}

/** What stderr can show, and is to. */
export const onStderr = ({
  color,
  quiet,
}: Pick<Output, "color" | "quiet">): Pick<ProgressOptions, "output" | "mode" | "paint"> => {
  const { env, stderr } = process
  return {
    output: stderr,
    mode: quiet ? "none" : isAnimated(stderr, env) ? "bar" : "lines",
    paint: color && isColoured(stderr, env) ? coloured : plain,
  }
}

/** Shows how far a command has come that writes its result through `out` meanwhile. Call `end`. */
export const startProgressBeside = (out: Output, snapshot: () => Snapshot): Progress => {
  const progress = startProgress({ ...onStderr(out), snapshot })
  out.goAround(progress)
  return progress
}
