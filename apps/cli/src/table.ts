/** The table of results: rendering only, from items to lines. */
import { relative } from "node:path"
import { type EndedItem, receiptText } from "./Item.ts"
import { cutEnd, cutStart, type Paint, printable, textWidth } from "./terminal.ts"
import { cellText, errorText, isPlainObject } from "./values.ts"

export interface TableOptions {
  readonly cwd: string
  readonly paint: Paint
  /** Rows are cut to this width; without it they are as long as they are. */
  readonly width?: number
  /** At most so many rows. */
  readonly rowsMax?: number
}

const gap = "  "

/** More of a narrow terminal than this would leave the results no room. */
const fileShareMax = 0.45

/** The head, a line per item, and a last line that says how many are not shown. */
export const renderTable = (
  items: ReadonlyArray<EndedItem>,
  options: TableOptions,
): ReadonlyArray<string> => {
  if (items.length === 0) return []
  const shown = items.slice(0, options.rowsMax ?? items.length)
  const columns = columnsOf(shown)
  const fileWidth = fileWidthOf(shown, options)
  const lines = shown.map((item) => rowLine(item, columns, fileWidth, options))
  const left = items.length - shown.length
  const more =
    left === 0 ? [] : [options.paint("dim", `… and ${left} more; leave out --rows to see them all`)]
  return shown.length === 0 ? more : [headLine(columns, fileWidth, options), ...lines, ...more]
}

interface Column {
  readonly title: string
  readonly isNumeric: boolean
  readonly width: number
  readonly cell: (value: unknown) => string
}

const columnsOf = (items: ReadonlyArray<EndedItem>): ReadonlyArray<Column> => {
  const values = items.flatMap(({ end }) => (end.state === "succeeded" ? [end.value] : []))
  const records = values.filter(isPlainObject)
  if (records.length === 0 || records.length < values.length) {
    return [column("result", values, (value) => value)]
  }
  const keys = new Set(records.flatMap((record) => Object.keys(record)))
  return Array.from(keys, (key) =>
    column(key, values, (value) => (isPlainObject(value) ? value[key] : undefined)),
  )
}

const column = (
  title: string,
  values: ReadonlyArray<unknown>,
  pick: (value: unknown) => unknown,
): Column => {
  const picked = values.map(pick)
  const present = picked.filter((value) => value !== undefined && value !== null)
  const cells = picked.map(cellText)
  return {
    title: printable(title),
    isNumeric:
      present.length > 0 &&
      present.every((value) => typeof value === "number" || typeof value === "bigint"),
    width: widestOf([printable(title), ...cells]),
    cell: (value) => cellText(pick(value)),
  }
}

// Not by a spread into `Math.max`, which takes no more arguments than the stack has room for.
const widestOf = (texts: ReadonlyArray<string>): number =>
  texts.reduce((widest, text) => Math.max(widest, textWidth(text)), 0)

const fileText = (item: EndedItem, cwd: string): string =>
  printable(relative(cwd, item.file) || item.file)

const fileWidthOf = (items: ReadonlyArray<EndedItem>, { cwd, width }: TableOptions): number => {
  const widest = widestOf(["file", ...items.map((item) => fileText(item, cwd))])
  return width === undefined ? widest : Math.min(widest, Math.floor(width * fileShareMax))
}

const padEnd = (text: string, width: number): string =>
  text + " ".repeat(Math.max(0, width - textWidth(text)))

const padStart = (text: string, width: number): string =>
  " ".repeat(Math.max(0, width - textWidth(text))) + text

const align = (text: string, { isNumeric, width }: Column): string =>
  isNumeric ? padStart(text, width) : padEnd(text, width)

/** What is left of the line for the cells, cut to it. */
const rest = (text: string, fileWidth: number, { width }: TableOptions): string => {
  const trimmed = text.trimEnd()
  return width === undefined ? trimmed : cutEnd(trimmed, width - fileWidth - gap.length)
}

const headLine = (
  columns: ReadonlyArray<Column>,
  fileWidth: number,
  options: TableOptions,
): string => {
  const titles = rest(columns.map((one) => align(one.title, one)).join(gap), fileWidth, options)
  return options.paint("bold", (padEnd("file", fileWidth) + gap + titles).trimEnd())
}

const rowLine = (
  item: EndedItem,
  columns: ReadonlyArray<Column>,
  fileWidth: number,
  options: TableOptions,
): string => {
  const file = padEnd(cutStart(fileText(item, options.cwd), fileWidth), fileWidth)
  const text = rest(cellsText(item, columns), fileWidth, options)
  const { state } = item.end
  const painted =
    state === "succeeded" ? text : options.paint(state === "cancelled" ? "yellow" : "red", text)
  return (file + gap + painted).trimEnd()
}

const cellsText = ({ end, receipt }: EndedItem, columns: ReadonlyArray<Column>): string => {
  if (end.state === "succeeded") {
    return columns.map((one) => align(one.cell(end.value), one)).join(gap)
  }
  if ("error" in end) {
    const { name, message } = errorText(end.error)
    return printable(`${end.state === "lost" ? "lost" : name}: ${message}`)
  }
  return receipt === undefined ? end.state : `${end.state}: ${receiptText(receipt)}`
}
