/** A schedule as a mermaid sequence diagram, for pages that draw one. */
import { shortName, type Told } from "./describe.ts"

/** `nodes`: the columns, in their order. `verdict`: a sentence to end with. */
export const mermaid = (
  nodes: ReadonlyArray<string>,
  steps: ReadonlyArray<Told>,
  verdict: string,
): string => {
  const lines = steps.flatMap(({ node, from, lines: said, told }) => {
    const at = shortName(node)
    const note = (line: string): string => `  Note over ${at}: ${escaped(line)}`
    if (from === undefined) return [...said, ...told].map(note)
    const arrows = said.map((line) => `  ${shortName(from)}${arrowOf(line)}${at}: ${escaped(line)}`)
    return [...arrows, ...told.map(note)]
  })
  const names = nodes.map(shortName)
  const ends = names.length > 1 ? `${names[0]},${names.at(-1)}` : (names[0] ?? "")
  return [
    "sequenceDiagram",
    ...nodes.map((node) => `  participant ${shortName(node)} as ${node}`),
    ...lines,
    `  Note over ${ends}: ${escaped(verdict)}`,
  ].join("\n")
}

const arrowOf = (line: string): string =>
  line === "gone" ? "--x" : line.endsWith(", lost") ? "-x" : "->>"

/**
 * A semicolon ends a statement there and a number sign begins an entity, and the entities for the two
 * are not drawn everywhere: so they are told in other words.
 */
const escaped = (text: string): string =>
  text.replaceAll(/\s+/g, " ").replaceAll(";", ",").replaceAll("#", " no. ")
