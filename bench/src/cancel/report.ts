/** Prints what the rounds came to: a table of Markdown, or one JSON object per line. */
import { format } from "../Figure.ts"
import { samplesOf } from "../harness.ts"
import type { Observation, Verdict } from "./verdict.ts"

/** One system in one scenario. */
export interface Row {
  readonly what: string
  readonly system: string
  /** Each once, what happened most often first. */
  readonly told: ReadonlyArray<string>
  readonly toldMs: Times
  /** Each once, what happened most often first. */
  readonly truth: ReadonlyArray<string>
  /** The last sign of life, from the cancel. Null when no round had one. */
  readonly stoppedMs: Times | null
  readonly rounds: number
  /** In how many rounds the caller was lied to. */
  readonly lied: number
}

/** A system that could not be measured here, and why. */
export interface LeftOut {
  readonly system: string
  readonly missing: string
}

export interface Times {
  readonly median: number
  readonly min: number
  readonly max: number
}

export interface Round {
  readonly observation: Observation
  readonly verdict: Verdict
}

export const rowOf = (what: string, system: string, rounds: ReadonlyArray<Round>): Row => {
  const stopped = rounds.flatMap(({ verdict }) => verdict.stoppedMs ?? [])
  return {
    what,
    system,
    told: byFrequency(rounds.map(({ observation }) => observation.told.said)),
    toldMs: timesOf(rounds.map(({ observation }) => observation.toldMs - observation.askedMs)),
    truth: byFrequency(rounds.map(({ verdict }) => truthOf(verdict))),
    stoppedMs: stopped.length === 0 ? null : timesOf(stopped),
    rounds: rounds.length,
    lied: rounds.filter(({ verdict }) => verdict.lie !== undefined).length,
  }
}

const truthOf = ({ runs, gotToEnd }: Verdict): string => {
  if (runs === 0) return "never ran"
  const end = { function: "ran to its end", child: "its process ran to its end", none: "stopped" }
  return `${runs > 1 ? "ran again, and " : ""}${end[gotToEnd]}`
}

const byFrequency = (all: ReadonlyArray<string>): ReadonlyArray<string> => {
  const count = (one: string): number => all.filter((other) => other === one).length
  return [...new Set(all)].toSorted((one, other) => count(other) - count(one))
}

const timesOf = (values: ReadonlyArray<number>): Times => {
  const { median, spread } = samplesOf(values)
  return { median, min: spread[0], max: spread[1] }
}

const titles = ["the task", "with", "told", "after", "what was true", "last sign of life", "lied"]

export const printTable = (rows: ReadonlyArray<Row>): void => {
  const lines = rows.map((row, i) => cellsOf(row, rows[i - 1]))
  const widths = titles.map((title, column) =>
    Math.max(title.length, ...lines.map((cells) => cells[column]?.length ?? 0)),
  )
  const rule = widths.map((width) => "-".repeat(width))
  for (const cells of [titles, rule, ...lines]) {
    console.log(`| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`)
  }
}

export const printJson = (rows: ReadonlyArray<Row | LeftOut>): void => {
  for (const row of rows) console.log(JSON.stringify(row))
}

// What the function does stands once, in the first of its lines.
const cellsOf = (row: Row, before: Row | undefined): ReadonlyArray<string> => [
  row.what === before?.what ? "" : row.what,
  row.system,
  row.told.join(" or "),
  format(row.toldMs.median, "ms"),
  row.truth.join(" or "),
  lastSignIn(row),
  row.lied === 0 ? "no" : `${row.lied} of ${row.rounds}`,
]

const lastSignIn = ({ stoppedMs }: Row): string => {
  if (stoppedMs === null) return "none"
  return stoppedMs.median < 0 ? "before it" : format(stoppedMs.median, "ms")
}
