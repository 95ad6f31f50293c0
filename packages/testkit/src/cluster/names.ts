/** What the nodes of a race are called. */

export const clientNames = (count: number): ReadonlyArray<string> =>
  count === 1 ? ["client"] : numbered("client", count)

export const workerNames = (count: number): ReadonlyArray<string> => numbered("worker", count)

const numbered = (role: string, count: number): ReadonlyArray<string> =>
  Array.from({ length: count }, (_, index) => `${role}-${index + 1}`)
