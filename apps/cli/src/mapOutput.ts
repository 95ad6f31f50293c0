/** What a run of `map` writes to the terminal, and when. */
import { relative } from "node:path"
import { openItems } from "./batch.ts"
import { isEnded, type Item, kindOf, totalsOf } from "./Item.ts"
import { isOfModule } from "./named.ts"
import { onStderr, type Progress, startProgress } from "./progress.ts"
import { renderSummary, summaryJson } from "./report.ts"
import { type StopReason, stopWords } from "./stops.ts"
import { renderTable } from "./table.ts"
import { coloured, isColoured, plain } from "./stream.ts"

/** The command line of `map`, checked for its types only. */
export interface MapArguments {
  readonly task: string
  readonly globs: ReadonlyArray<string>
  readonly within: string | undefined
  readonly contents: boolean
  readonly slots: number | undefined
  readonly rows: number | undefined
  readonly json: boolean
  readonly quiet: boolean
  readonly color: boolean
}

/** A run under way. */
export interface MapRun {
  readonly args: MapArguments
  readonly cwd: string
  readonly items: ReadonlyArray<Item>
  readonly startMs: number
  /** Why it was stopped, once it was. */
  stopped: StopReason | undefined
}

const elapsedMs = ({ startMs }: MapRun): number => performance.now() - startMs

/** Shows on stderr how far the run has come. */
export const showProgress = (run: MapRun): Progress =>
  startProgress({
    ...onStderr(run.args),
    snapshot: () => {
      const { cancelled, failed, lost, succeeded, total } = totalsOf(run.items)
      const done = succeeded + failed + cancelled + lost
      const isStopping = run.stopped !== undefined
      return { total, done, failed, elapsedMs: elapsedMs(run), isStopping }
    },
  })

/** Says at once what a stop does. */
export const announceStop = (
  { args, items }: MapRun,
  reason: StopReason,
  progress: Progress,
): void => {
  // Whoever closed the pipe has what they wanted and is not there to be told.
  if (reason === "reader-gone") return
  const why = `${stopWords[reason]}${reason === "time-up" ? ` (--within ${args.within})` : ""}`
  const open = items.filter((item) => !isEnded(item)).length
  progress.say(
    `${why}: cancelling ${open} of ${items.length}, waiting for receipts (Ctrl-C: leave now).`,
  )
}

/** Names what nobody has confirmed, for somebody who does not wait any longer. */
export const printLeft = ({ args, cwd, items }: MapRun, progress: Progress): void => {
  progress.end()
  const open = openItems(items)
  const nameOf = ({ id, number }: { readonly id: string; readonly number: number }): string =>
    isOfModule(args.task) ? `task ${number}` : id
  const lines = open.map(({ file, future }) => `  ${nameOf(future)}  ${relative(cwd, file)}`)
  progress.say(
    open.length === 0
      ? "Left; every cancel was confirmed."
      : [`Left without confirmation of ${open.length}:`, ...lines].join("\n"),
  )
}

/** Prints the table and the summary, or the summary line of `--json`. */
export const printEnd = (run: MapRun): void => {
  const { args, cwd, items, stopped } = run
  if (stopped === "reader-gone") return
  const totals = totalsOf(items)
  if (args.json) {
    process.stdout.write(`${summaryJson(totals, elapsedMs(run))}\n`)
    return
  }
  const paint = args.color && isColoured(process.stdout, process.env) ? coloured : plain
  const { columns, isTTY } = process.stdout
  const isCutShort = stopped === "interrupted" || stopped === "terminated"
  const rows = renderTable(
    items.filter(isEnded).filter((item) => !isCutShort || hasBegun(item)),
    {
      cwd,
      paint,
      ...(isTTY ? { width: columns } : {}),
      ...(args.rows === undefined ? {} : { rowsMax: args.rows }),
    },
  )
  const summary = renderSummary(totals, elapsedMs(run), paint)
  process.stdout.write([...rows, ...(rows.length > 0 ? [""] : []), ...summary, ""].join("\n"))
}

/** After Ctrl-C the files that nobody has touched are in the summary's count; rows of them are noise. */
const hasBegun = ({ receipt }: Item): boolean =>
  receipt === undefined || !["not-submitted", "never-started"].includes(kindOf(receipt))
