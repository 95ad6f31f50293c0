/**
 * How wide texts are on a terminal, beside what else it can show. Not for what every command loads: to know which
 * characters are wide takes a fifth of the time that `--help` has.
 */
import stringWidth from "string-width"

export * from "./stream.ts"

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" })
/** How many columns a text without control characters takes. */
export const textWidth = (text: string): number => stringWidth(text)

/** The text, or as much of its beginning as fits, with `…` for the rest. */
export const cutEnd = (text: string, width: number): string =>
  stringWidth(text) <= width ? text : `${takeWidth(split(text), width - 1).join("")}…`

/** The text, or as much of its end as fits: the end of a path says most. */
export const cutStart = (text: string, width: number): string =>
  stringWidth(text) <= width
    ? text
    : `…${takeWidth(split(text).toReversed(), width - 1)
        .toReversed()
        .join("")}`

const split = (text: string): ReadonlyArray<string> =>
  Array.from(graphemes.segment(text), ({ segment }) => segment)

const takeWidth = (parts: ReadonlyArray<string>, width: number): ReadonlyArray<string> => {
  let used = 0
  const end = parts.findIndex((part) => (used += stringWidth(part)) > width)
  return end < 0 ? parts : parts.slice(0, end)
}
