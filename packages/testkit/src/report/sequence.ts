/** A schedule as a sequence diagram in SVG: a lifeline for each node, a row for each step, time downwards. */
import type { Told } from "./describe.ts"
import { columnsOf, escaped, wrapped } from "./markup.ts"

export interface Drawing {
  readonly nodes: ReadonlyArray<string>
  readonly steps: ReadonlyArray<Told>
  /** How many steps are left out after those. */
  readonly more: number
  /** Before which step it parts from the one beside it, from 0; `undefined` for one that stands alone. */
  readonly partsAt: number | undefined
  /** At which step it fails, if it is not at its rest that it does. */
  readonly failsAt: number | undefined
  /** What it comes to, and whether that is good. */
  readonly end: string
  readonly isRight: boolean
}

/** Where a step is drawn. Everything in it lies between `top` and `bottom`; what it sends leaves right below. */
interface Row {
  readonly top: number
  readonly bottom: number
}

/** Text is 12 px in a font of one width, whose characters are no wider than this. */
const characterWidth = 7.3
const lineHeight = 15
/** Room for the numbers of the steps. */
const gutter = 30
const rowGap = 18
const boxGap = 4
const boxPadding = 4
const labelGap = 10
const partHeight = 30
const linesMax = 5

/** How wide a column is, so that two diagrams of up to five nodes fit beside each other on a small screen. */
const columnWidthOf = (nodes: number): number => (nodes <= 3 ? 190 : nodes === 5 ? 122 : 150)

/** How wide a drawing is, in px, before it is scaled. */
export const widthOf = (nodes: number): number => gutter + nodes * columnWidthOf(nodes)

/** Where the lifeline of a node is, from the left. */
export const lifelineAt = (nodes: number, column: number): number =>
  gutter + (column + 0.5) * columnWidthOf(nodes)

/** Steps are numbered from 1, in `data-step` of everything that belongs to one. */
export const sequence = (drawing: Drawing, label: string): string =>
  new Sequence(drawing).svg(label)

class Sequence {
  private readonly drawing: Drawing
  private readonly width: number
  private readonly rows: ReadonlyArray<Row>
  private readonly charactersMax: number
  private readonly columnWidth: number

  constructor(drawing: Drawing) {
    this.drawing = drawing
    this.width = widthOf(drawing.nodes.length)
    this.columnWidth = columnWidthOf(drawing.nodes.length)
    this.charactersMax = Math.floor((this.columnWidth - 2 * labelGap) / characterWidth)
    this.rows = this.placed()
  }

  svg(label: string): string {
    const { nodes, steps } = this.drawing
    const bottom = this.rows.at(-1)?.bottom ?? 0
    const end = this.end(this.below(steps.length, bottom) + rowGap)
    const height = end.bottom + 4
    const lifelines = nodes.map((_, column) => {
      const x = lifelineAt(nodes.length, column)
      return `<path class="lifeline" d="M${x} 0V${end.top}"/>`
    })
    return [
      `<svg viewBox="0 0 ${this.width} ${height}" role="img" aria-label="${escaped(label)}">`,
      ...steps.map((_, index) => this.band(index)),
      ...lifelines,
      ...steps.map((step, index) => this.arrow(step, index)),
      this.parting(),
      ...steps.map((step, index) => this.content(step, index)),
      end.svg,
      "</svg>",
    ].join("\n")
  }

  private placed(): ReadonlyArray<Row> {
    const rows: Array<Row> = []
    for (const [index, step] of this.drawing.steps.entries()) {
      const top = this.below(index, rows.at(-1)?.bottom ?? 0) + rowGap
      rows.push({ top, bottom: top + this.heightOf(step) })
    }
    return rows
  }

  /** Where the next row's space begins: what comes before the parting leaves room for it. */
  private below(index: number, bottom: number): number {
    return bottom + (index === this.drawing.partsAt ? partHeight : 0)
  }

  private heightOf({ from, lines, told }: Told): number {
    const said = this.wrap(lines).length * lineHeight
    const boxes = told.length === 0 ? 0 : boxGap + this.boxHeight(told)
    return (from === undefined ? this.boxHeight(lines) : said + 6) + boxes
  }

  private boxHeight(texts: ReadonlyArray<string>): number {
    return this.wrap(texts).length * lineHeight + 2 * boxPadding
  }

  private wrap(texts: ReadonlyArray<string>): ReadonlyArray<string> {
    return texts.flatMap((text) => wrapped(text, this.charactersMax, linesMax))
  }

  private parts(index: number): string {
    return index === this.drawing.partsAt ? " parts" : ""
  }

  private xOf(node: string): number {
    const { nodes } = this.drawing
    return lifelineAt(nodes.length, nodes.indexOf(node))
  }

  private band(index: number): string {
    const { top, bottom } = this.rows[index] ?? { top: 0, bottom: 0 }
    const y = top - rowGap / 2
    const height = bottom - top + rowGap
    const fails = index === this.drawing.failsAt
    const edge = `<rect class="edge" x="0" y="${y}" width="4" height="${height}"/>`
    return (
      `<rect class="band${this.parts(index)}" data-step="${index + 1}" x="0" y="${y}" width="${this.width}" height="${height}"/>` +
      `<text class="number${fails ? " fails" : ""}" data-step="${index + 1}" x="${gutter - 8}" y="${top + 12}" text-anchor="end">${index + 1}</text>${fails ? edge : ""}`
    )
  }

  /** From where it was sent to where it arrived: steeper the longer it was on its way. */
  private arrow({ node, from, sentAt, lines }: Told, index: number): string {
    if (from === undefined) return ""
    const sent = sentAt ?? -1
    const [x1, x2] = [this.xOf(from), this.xOf(node)]
    const y1 = (this.rows[sent]?.bottom ?? 0) + 3
    const y2 = this.rows[index]?.top ?? 0
    const isLost = lines[0] === "gone"
    const attributes = `data-step="${index + 1}" data-sent="${sent + 1}"`
    return (
      `<g class="arrow${isLost ? " lost" : ""}" ${attributes}>` +
      `<circle cx="${x1}" cy="${y1}" r="2.5"/><path d="M${x1} ${y1}L${x2} ${y2}"/>` +
      `${isLost ? cross(x2, y2) : head(x1, y1, x2, y2)}</g>`
    )
  }

  private content(step: Told, index: number): string {
    const { node, from, lines, told } = step
    const { top } = this.rows[index] ?? { top: 0 }
    const x = this.xOf(node)
    const under = from === undefined ? this.boxHeight(lines) : this.heightOf({ ...step, told: [] })
    const said =
      from === undefined
        ? this.box(lines, x, top, "did")
        : this.beside(lines, x, this.xOf(from), top)
    const heard = told.length === 0 ? "" : this.box(told, x, top + under + boxGap, "told")
    return `<g class="step${this.parts(index)}" data-step="${index + 1}">${said}${heard}</g>`
  }

  private box(texts: ReadonlyArray<string>, x: number, y: number, kind: string): string {
    const width = this.columnWidth - 8
    const text = this.wrap(texts).map((line, index) =>
      textAt(line, x, y + boxPadding + index * lineHeight + 11, "middle"),
    )
    return (
      `<rect class="box ${kind}" x="${x - width / 2}" y="${y}" width="${width}" ` +
      `height="${this.boxHeight(texts)}" rx="4"/>${text.join("")}`
    )
  }

  /** What was said, beside the tip of its arrow and below it, on the side it came from. */
  private beside(lines: ReadonlyArray<string>, x: number, fromX: number, y: number): string {
    const isFromLeft = fromX < x
    const [at, anchor] = isFromLeft ? [x - labelGap, "end"] : [x + labelGap, "start"]
    return this.wrap(lines)
      .map((line, index) => {
        const width = Math.ceil(columnsOf(line) * characterWidth)
        const top = y + 3 + index * lineHeight
        // Arrows on their way to later steps pass behind it.
        const back = `<rect class="back" x="${isFromLeft ? at - width : at}" y="${top}" width="${width}" height="${lineHeight}"/>`
        return back + textAt(line, at, top + 11, anchor)
      })
      .join("")
  }

  private parting(): string {
    const { partsAt } = this.drawing
    if (partsAt === undefined) return ""
    const y = (this.rows[partsAt - 1]?.bottom ?? 0) + rowGap / 2 + partHeight / 2
    const middle = this.width / 2
    return (
      `<g class="parting"><path d="M0 ${y}H${this.width}"/>` +
      `<rect x="${middle - 66}" y="${y - 10}" width="132" height="20" rx="10"/>` +
      `${textAt("here they part", middle, y + 4, "middle")}</g>`
    )
  }

  private end(top: number): {
    readonly svg: string
    readonly top: number
    readonly bottom: number
  } {
    const { more, end, isRight, steps } = this.drawing
    const width = Math.floor((this.width - 24) / characterWidth)
    const sentence = `${isRight ? "✓" : "✗"} ${end}`
    const rest = more === 0 ? [] : [`… ${more} more steps`]
    const lines = [...rest, ...wrapped(sentence, width, 12)]
    const height = lines.length * lineHeight + 12
    const text = lines.map((line, index) =>
      textAt(line, 12, top + 17 + index * lineHeight, "start"),
    )
    const svg =
      `<g class="end ${isRight ? "right" : "wrong"}" data-step="${steps.length}">` +
      `<rect x="1" y="${top}" width="${this.width - 2}" height="${height}" rx="4"/>${text.join("")}</g>`
    return { svg, top, bottom: top + height }
  }
}

const textAt = (text: string, x: number, y: number, anchor: string): string =>
  `<text x="${x}" y="${y}" text-anchor="${anchor}">${escaped(text)}</text>`

const rounded = (value: number): number => Math.round(value * 10) / 10

/** The tip of an arrow. */
const head = (x1: number, y1: number, x2: number, y2: number): string => {
  const angle = Math.atan2(y2 - y1, x2 - x1)
  const corner = (turn: number): string =>
    `${rounded(x2 - 9 * Math.cos(angle + turn))} ${rounded(y2 - 9 * Math.sin(angle + turn))}`
  return `<path class="head" d="M${x2} ${y2}L${corner(0.4)}L${corner(-0.4)}Z"/>`
}

const cross = (x: number, y: number): string =>
  `<path class="cross" d="M${x - 5} ${y - 5}L${x + 5} ${y + 5}M${x + 5} ${y - 5}L${x - 5} ${y + 5}"/>`
