/** Work for many cores: how well a source file compresses, and what it talks about. */
import { defineTasks, type TaskContext } from "@scaler-ts/protocol/tasks"
import { readFileSync } from "node:fs"
import { brotliCompressSync, constants } from "node:zlib"

/** One below the best: most of its effect, in a third of its time. */
const quality = 10

const compress = (file: string) => {
  const source = readFileSync(file)
  const packed = brotliCompressSync(source, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: quality,
      [constants.BROTLI_PARAM_SIZE_HINT]: source.length,
    },
  })
  const text = source.toString("utf8")
  return {
    size: source.length,
    compressed: packed.length,
    ratio: Number((packed.length / Math.max(source.length, 1)).toFixed(3)),
    lines: text.split("\n").length,
    identifiers: frequentIdentifiers(text, 10),
  }
}

/** Never ends and never looks at its signal: it stops when what runs it is ended, not before. */
const forever = (_input: unknown, { log }: TaskContext): never => {
  log("I have started, and nothing you say will stop me.")
  for (;;);
}

export const tasks = defineTasks(import.meta.url, { compress, forever })

const keywords = new Set(
  (
    "any as async await boolean break case catch class const continue declare default delete do else enum " +
    "export extends false finally for from function if import in infer instanceof interface is keyof let never " +
    "new null number of readonly return static string super switch symbol this throw true try type typeof " +
    "undefined unknown var void while with yield"
  ).split(" "),
)

const comments = /\/\*[^]*?\*\/|\/\/.*/g

const frequentIdentifiers = (text: string, count: number): ReadonlyArray<string> => {
  const counts = new Map<string, number>()
  for (const [name] of text.replace(comments, "").matchAll(/[A-Za-z_$][\w$]{2,}/g)) {
    if (!keywords.has(name)) counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return [...counts]
    .toSorted(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
    .slice(0, count)
    .map(([name]) => name)
}
