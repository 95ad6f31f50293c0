/** What a task needs of a worker's capabilities. */

/** How much of each, in the order of their names, so that equal needs look the same. */
export type Needs = ReadonlyArray<readonly [capability: string, quantity: number]>

const none: Needs = []

export const needsOf = (capabilities: Readonly<Record<string, number>>): Needs => {
  for (const _ in capabilities) {
    return Object.entries(capabilities).toSorted(([a], [b]) => (a < b ? -1 : 1))
  }
  return none
}
