/** Prints the tables: machines and messages as Markdown, and the documents around them. */
import { readFileSync } from "node:fs"
import { versionMajor, versionMinor } from "../../src/Wire.ts"
import { type AnyMachine, anyMachine, casesOf, explainCase } from "./cell.ts"
import { client } from "./client.ts"
import { directions, directionsOf, kinds } from "./messages.ts"
import { scheduler } from "./scheduler.ts"
import { staleWords } from "./schedulerSamples.ts"
import { extensionRows, limitRows } from "./values.ts"
import { worker } from "./worker.ts"

type Row = ReadonlyArray<string>

/** A Markdown table, its columns padded so that it reads as a table without being rendered, too. */
const tableOf = (head: Row, rows: ReadonlyArray<Row>): string => {
  const widths = head.map((title, column) =>
    Math.max(3, title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  )
  const line = (cells: Row): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n")
}

/** The lines of a cell: a case each, the same words once. */
const cellOf = (machine: AnyMachine, state: string, event: string): string => {
  const lines = casesOf(machine, state, event)
    .filter(({ when }) => when?.words !== staleWords)
    .map((example) => {
      const words = example.when?.words ?? ""
      return `${words === "" ? "" : `${words}: `}${explainCase(machine, example)}`
    })
  return [...new Set(lines)].join("<br>")
}

/** What the table has to say of all reports that are not about the current attempt: it is the same everywhere. */
const staleRow = (machine: AnyMachine): ReadonlyArray<Row> => {
  const said = (state: string): ReadonlyArray<string> =>
    Object.keys(machine.events)
      .flatMap((event) => casesOf(machine, state, event))
      .filter(({ when }) => when?.words === staleWords)
      .map((example) => explainCase(machine, example))
  const cells = Object.keys(machine.states).map((state) => [...new Set(said(state))].join("<br>"))
  return cells.every((cell) => cell === "") ? [] : [[`anything ${staleWords}`, ...cells]]
}

const machineTable = (machine: AnyMachine): string => {
  const states = Object.entries(machine.states)
  const rows = Object.entries(machine.events).map(([event, title]) => [
    title,
    ...states.map(([state]) => cellOf(machine, state, event)),
  ])
  return tableOf(["event", ...states.map(([, title]) => title)], [...rows, ...staleRow(machine)])
}

const names = (tags: ReadonlyArray<string>): string => tags.map((tag) => `\`${tag}\``).join(", ")

const directionTable = (): string =>
  tableOf(
    ["direction", "messages"],
    directions.map(([direction, tags]) => [direction, names(tags)]),
  )

const fieldTable = (): string =>
  tableOf(
    ["message", "fields"],
    kinds
      .filter(({ fields }) => fields.length > 0)
      .map(({ tag, fields }) => [`\`${tag}\``, fields.map(({ name }) => name).join(", ")]),
  )

const kindTable = (): string =>
  tableOf(
    ["kind", "message", "direction", "fields, in order"],
    kinds.map(({ kind, tag, fields }) => [
      String(kind),
      `\`${tag}\``,
      directionsOf(tag).join("<br>"),
      fields.map(({ name, holds }) => `${name}: ${holds}`).join("<br>"),
    ]),
  )

/** What a template may ask for, as `<!-- client -->` on a line of its own. */
const parts: Readonly<Record<string, () => string>> = {
  client: () => machineTable(anyMachine(client)),
  scheduler: () => machineTable(anyMachine(scheduler)),
  worker: () => machineTable(anyMachine(worker)),
  directions: directionTable,
  fields: fieldTable,
  kinds: kindTable,
  extensions: () => tableOf(["number", "what it is", "content"], extensionRows),
  limits: () => tableOf(["limit", "default", "counts", "beyond it"], limitRows),
  version: () => `The version described here is ${versionMajor}.${versionMinor}.`,
}

const printed = "<!-- Printed by `npm run docs` from packages/protocol/test/tables. -->\n\n"

const fill = (template: string): string =>
  printed +
  readFileSync(new URL(template, import.meta.url), "utf8").replace(
    /^<!-- (\w+) -->$/gm,
    (_, part: string) => {
      const print = parts[part]
      if (print === undefined)
        throw new Error(`${template} asks for "${part}", which nobody prints`)
      return print()
    },
  )

/** Every printed document: its path from the root of the repository, and what it has to say. */
export const documents: ReadonlyArray<readonly [string, () => string]> = [
  ["docs/semantics.md", () => fill("./semantics.template.md")],
  ["docs/wire.md", () => fill("./wire.template.md")],
]
