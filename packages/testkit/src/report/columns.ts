/** A schedule as columns of text, one node each, for terminals. */
import { shortName, type Told } from "./describe.ts"

const gap = "  "

/**
 * One line per thing said or done, in the column of the node it happened at; what arrived names its
 * sender, and what those who waited were told stands below it.
 */
export const columns = (nodes: ReadonlyArray<string>, steps: ReadonlyArray<Told>): string => {
  const cells = steps.flatMap(({ node, from, lines, told }, index) => {
    const said = lines.map((line) => (from === undefined ? line : `${shortName(from)} → ${line}`))
    return [...said, ...told].map((text, place) => ({
      number: place === 0 ? String(index + 1) : "",
      column: nodes.indexOf(node),
      text,
    }))
  })
  const numberWidth = String(steps.length).length
  const widths = nodes.map((node, column) =>
    Math.max(
      node.length,
      ...cells.filter((cell) => cell.column === column).map(({ text }) => text.length),
    ),
  )
  const row = (number: string, texts: ReadonlyArray<string>): string =>
    [number.padStart(numberWidth), ...texts.map((text, i) => text.padEnd(widths[i] ?? 0))]
      .join(gap)
      .trimEnd()
  return [
    row("", nodes),
    row(
      "",
      widths.map((width) => "─".repeat(width)),
    ),
    ...cells.map(({ number, column, text }) =>
      row(
        number,
        nodes.map((_, i) => (i === column ? text : "")),
      ),
    ),
  ].join("\n")
}
