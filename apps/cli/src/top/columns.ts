/** Rows in columns that fit a width: what matters least is left out first, then texts are cut. */
import { cutEnd, cutStart, type Paint, textWidth } from "../terminal.ts"

export interface Column<A> {
  readonly title: string
  /** Without control characters. */
  readonly cell: (row: A) => string
  /** A narrower cell would say nothing. Its title's width unless told otherwise. */
  readonly min?: number
  /** Columns with a lower number are the last to be left out. */
  readonly rank: number
  /** Columns with a lower number are the first to get more than their minimum. As `rank` unless told otherwise. */
  readonly growth?: number
  /** Numbers stand to the right. */
  readonly isRight?: boolean
  /** Which end of a long text is cut. */
  readonly cut?: "start" | "end"
  readonly style?: (row: A) => Parameters<Paint>[0] | undefined
}

interface Fitted<A> {
  readonly column: Column<A>
  readonly width: number
}

export const gap = "  "

/** The columns that say something and that a width has room for, in their order, each as wide as it can be. */
export const fit = <A>(
  columns: ReadonlyArray<Column<A>>,
  rows: ReadonlyArray<A>,
  width: number,
): ReadonlyArray<Fitted<A>> => {
  const ranked = columns
    .filter(({ cell }) => rows.some((row) => cell(row) !== ""))
    .toSorted((a, b) => a.rank - b.rank)
  const widths = new Map<Column<A>, number>()
  let left = width
  for (const column of ranked) {
    const needed = minOf(column) + (widths.size === 0 ? 0 : gap.length)
    if (needed > left) break
    widths.set(column, minOf(column))
    left -= needed
  }
  for (const column of ranked.toSorted((a, b) => growthOf(a) - growthOf(b))) {
    const given = widths.get(column)
    if (given === undefined) continue
    const more = Math.min(left, Math.max(0, naturalOf(column, rows) - given))
    widths.set(column, given + more)
    left -= more
  }
  return columns.flatMap((column) => {
    const given = widths.get(column)
    return given === undefined ? [] : [{ column, width: given }]
  })
}

const growthOf = <A>({ growth, rank }: Column<A>): number => growth ?? rank

const minOf = <A>({ min, title }: Column<A>): number => min ?? textWidth(title)

const naturalOf = <A>({ cell, title }: Column<A>, rows: ReadonlyArray<A>): number =>
  rows.reduce((widest, row) => Math.max(widest, textWidth(cell(row))), textWidth(title))

export const titleLine = <A>(fitted: ReadonlyArray<Fitted<A>>): string =>
  fitted
    .map(({ column, width }) => padded(column.title, width, column))
    .join(gap)
    .trimEnd()

export const rowLine = <A>(fitted: ReadonlyArray<Fitted<A>>, row: A, paint: Paint): string =>
  fitted
    .map(({ column, width }, index) => {
      const cell = padded(column.cell(row), width, column)
      const text = index === fitted.length - 1 ? cell.trimEnd() : cell
      const style = column.style?.(row)
      return style === undefined ? text : paint(style, text)
    })
    .join(gap)

const padded = <A>(text: string, width: number, { cut, isRight }: Column<A>): string => {
  const short = cut === "start" ? cutStart(text, width) : cutEnd(text, width)
  const space = " ".repeat(Math.max(0, width - textWidth(short)))
  return isRight === true ? space + short : short + space
}

/** As many parts as fit into a line, in their order. */
export const flow = (parts: ReadonlyArray<string>, width: number): string => {
  let line = ""
  for (const part of parts) {
    const longer = line === "" ? part : line + gap + part
    if (textWidth(longer) > width) break
    line = longer
  }
  return line
}
