/** What a benchmark's command line says. */
import { parseArgs } from "node:util"

export interface BenchOptions {
  readonly json: boolean
  /** In lower case; empty for all. */
  readonly only: string
  readonly rounds: number
}

/** Throws for what is no option, and for no number of rounds. */
export const benchOptions = (): BenchOptions => {
  const { values } = parseArgs({
    options: {
      json: { type: "boolean", default: false },
      only: { type: "string", default: "" },
      rounds: { type: "string", default: "5" },
    },
  })
  const rounds = Number(values.rounds)
  if (!Number.isSafeInteger(rounds) || rounds < 1) {
    throw new RangeError(`--rounds is ${values.rounds}; give a whole number from 1`)
  }
  return { json: values.json, only: values.only.toLowerCase(), rounds }
}
