/** Prints figures: for people on 100 columns, or one JSON object per line. */
import { type Figure, format } from "./Figure.ts"

export const printJson = (figures: ReadonlyArray<Figure>): void => {
  for (const figure of figures) console.log(JSON.stringify(figure))
}

const widths = [42, 15, 25] as const

/** Lines of one name stand together: the value once, then a line for each peer. */
export const printTable = (figures: ReadonlyArray<Figure>): void => {
  let name: string | undefined
  for (const figure of figures) {
    if (figure.name !== name) console.log(headLine(figure))
    name = figure.name
    if (figure.peer !== undefined) console.log(peerLine(figure))
  }
}

const headLine = (figure: Figure): string => {
  const { name, value, unit, spread } = figure
  const [min, max] = spread
  const range = `${bare(min)} .. ${bare(max)}`
  const verdict = figure.peer === undefined ? judgement(figure) : ""
  return line([name, format(value, unit), range], verdict)
}

const peerLine = (figure: Figure): string => {
  const { peer = "", peerValue = Number.NaN, unit, ratio = Number.NaN } = figure
  return line([`  ${peer}`, format(peerValue, unit), format(ratio, "x")], judgement(figure))
}

const line = (columns: readonly [string, string, string], verdict: string): string => {
  const [name, value, beside] = columns
  const [first, second, third] = widths
  return `${name.padEnd(first)}${value.padStart(second)}${beside.padStart(third)}  ${verdict}`.trimEnd()
}

const judgement = ({ budget, wanted, met }: Figure): string =>
  wanted === undefined
    ? ""
    : `${budget ?? ""} ${bareWanted(wanted)} ${met ? "met" : "missed"}`.trim()

// The unit stands in the value's column already.
const bareWanted = (wanted: string): string =>
  wanted.replace(/ (tasks\/s|runs\/s|µs|ms|s|B|MB|MiB)$/, "")

const bare = (value: number): string => format(value, "x").slice(0, -2)
