/** What somebody who leaves should know: of cancels that are not over, and of what they have not stopped. */
import { printable } from "../terminal.ts"
import type { State } from "./State.ts"
import { stillRunningText } from "./lists.ts"

/** Who is told of more reads none of it. */
const eachMax = 10

export const farewell = ({ asked, reading }: State): ReadonlyArray<string> => {
  const still = reading?.cancels.stillRunning ?? []
  const nowMs = reading?.nowMs ?? 0
  return [
    ...some(
      asked.map(
        ({ id, name }) =>
          `the cancel of ${printable(id)} (${printable(name)}) is not confirmed yet; the order stands`,
      ),
    ),
    ...some(still.map((task) => `still running after cancel: ${stillRunningText(task, nowMs)}`)),
  ]
}

const some = (lines: ReadonlyArray<string>): ReadonlyArray<string> =>
  lines.length <= eachMax
    ? lines
    : [...lines.slice(0, eachMax), `… and ${lines.length - eachMax} more`]
