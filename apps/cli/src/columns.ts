/** Rows of text in columns. */
import { cutEnd, printable, textWidth } from "./terminal.ts"

export interface Column<Row> {
  readonly title: string
  readonly cell: (row: Row) => string
  /** Numbers stand to the right. */
  readonly isNumber?: boolean
}

/** A line of titles and one per row, each cut to `width` columns of the terminal. */
export const inColumns = <Row>(
  columns: ReadonlyArray<Column<Row>>,
  rows: ReadonlyArray<Row>,
  width = Infinity,
): ReadonlyArray<string> => {
  const cells = [
    columns.map(({ title }) => title),
    ...rows.map((row) => columns.map(({ cell }) => printable(cell(row)))),
  ]
  const widths = columns.map((_, at) =>
    cells.reduce((widest, line) => Math.max(widest, textWidth(line[at] ?? "")), 0),
  )
  return cells.map((line) => {
    const padded = line.map((cell, at) => {
      const room = " ".repeat((widths[at] ?? 0) - textWidth(cell))
      return columns[at]?.isNumber === true ? room + cell : cell + room
    })
    const text = padded.join("  ").trimEnd()
    return width === Infinity ? text : cutEnd(text, width)
  })
}
