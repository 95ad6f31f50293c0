/** Text for markup: escaped, and broken into lines where nothing can measure it. */

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
}

/** Text as it stands in an element or in a quoted attribute, whatever it holds. */
export const escaped = (text: string): string =>
  // What is no character of a page: controls, and halves of characters.
  text
    .toWellFormed()
    .replaceAll(/(?![\n\t])\p{Cc}/gu, "\ufffd")
    .replaceAll(/[&<>"']/g, (one) => entities[one] ?? one)

/** From here on characters are about twice as wide, in a font of one width. */
const firstWide = 0x2e80

/** A word that is too long for a line, in two if it can be. */
const partsOf = (word: string, width: number): ReadonlyArray<string> =>
  columnsOf(word.trimEnd()) > width ? word.split(/(?<=\()/) : [word]

/** How many columns text takes in a font of one width. */
export const columnsOf = (text: string): number => {
  let width = 0
  for (const one of text) width += (one.codePointAt(0) ?? 0) < firstWide ? 1 : 2
  return width
}

/** In lines no wider than so many characters, broken after a space or else a bracket if that can be; of very many, the first few. */
export const wrapped = (text: string, width: number, linesMax: number): ReadonlyArray<string> => {
  const lines: Array<string> = []
  for (const paragraph of text.split("\n")) {
    let line = ""
    for (const word of paragraph.split(/(?<= )/).flatMap((one) => partsOf(one, width))) {
      if (line !== "" && columnsOf(line + word.trimEnd()) > width) {
        lines.push(line.trimEnd())
        line = ""
      }
      for (const one of word) {
        if (line !== "" && columnsOf(line + one) > width && one !== " ") {
          lines.push(line.trimEnd())
          line = ""
        }
        line += one
      }
    }
    lines.push(line.trimEnd())
  }
  if (lines.length <= linesMax) return lines
  const last = lines[linesMax - 1]?.replace(/.$/su, "") ?? ""
  return [...lines.slice(0, linesMax - 1), `${last}…`]
}
