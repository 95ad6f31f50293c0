/** The orders in which tasks can be listed. */
import type { TaskStatus } from "@scaler-ts/operator"
import { liveStates } from "./words.ts"

export const sortKeys = ["age", "name", "state", "worker", "attempt", "id"] as const

export type SortKey = (typeof sortKeys)[number]

type Compare = (a: TaskStatus, b: TaskStatus) => number

// By code units and not by a language's rules: a list must not depend on who looks at it.
const byText = (a: string, b: string): number => {
  if (a === b) return 0
  return a < b ? -1 : 1
}

const rank = ({ state }: TaskStatus): number => liveStates.findIndex((one) => one === state)

/** What somebody looks for first comes first: what is longest in its state, closest to its end, tried most often. */
const compares: Readonly<Record<SortKey, Compare>> = {
  age: (a, b) => b.ageMs - a.ageMs,
  name: (a, b) => byText(a.name, b.name),
  state: (a, b) => rank(b) - rank(a),
  worker: (a, b) => byText(a.worker, b.worker),
  attempt: (a, b) => b.attempt - a.attempt,
  id: (a, b) => byText(a.id, b.id),
}

/** The tasks in that order, equal ones by age and then by id; reversed as a whole. */
export const sorted = (
  tasks: ReadonlyArray<TaskStatus>,
  key: SortKey,
  isReversed: boolean,
): ReadonlyArray<TaskStatus> => {
  const inOrder = tasks.toSorted(
    (a, b) => compares[key](a, b) || compares.age(a, b) || compares.id(a, b),
  )
  return isReversed ? inOrder.toReversed() : inOrder
}
