/** What a stream can show: animation, colour, and how wide. */
import stringWidth from "string-width"

/** The part of a `tty.WriteStream` that matters here. */
export interface Output {
  readonly isTTY?: boolean
  readonly columns?: number
}

export type Environment = Readonly<Record<string, string | undefined>>

/** Whether a line may be drawn over. */
export const isAnimated = (output: Output, env: Environment): boolean =>
  output.isTTY === true && env["TERM"] !== "dumb"

/** Whether colour is welcome. `NO_COLOR` counts when it is not empty, see https://no-color.org. */
export const isColoured = (output: Output, env: Environment): boolean =>
  isAnimated(output, env) && (env["NO_COLOR"] ?? "") === ""

/** Wraps text in a colour, or leaves it alone. */
export type Paint = (style: keyof typeof sequences, text: string) => string

const sequences = { bold: 1, red: 31, green: 32, yellow: 33, dim: 2 } as const

export const plain: Paint = (_, text) => text

export const coloured: Paint = (style, text) =>
  text === "" ? text : `\u001b[${sequences[style]}m${text}\u001b[0m`

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

/** Text that moves no cursor and rings no bell: line ends become spaces, other controls `\u{fffd}`. */
export const printable = (text: string): string =>
  // oxlint-disable-next-line no-control-regex
  text.replace(/[\r\n\t]+/g, " ").replace(/[\u0000-\u001f\u007f-\u009f]/g, "\u{fffd}")
