/** What a stream can show: animation and colour. */

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

/** Text that moves no cursor and rings no bell: line ends become spaces, other controls `\u{fffd}`. */
export const printable = (text: string): string =>
  // oxlint-disable-next-line no-control-regex
  text.replace(/[\r\n\t]+/g, " ").replace(/[\u0000-\u001f\u007f-\u009f]/g, "\u{fffd}")
