/** What the layouts of several messages write alike. */

export const confirmHows: readonly [
  "unknown",
  "neverStarted",
  "cooperative",
  "killed",
  "workerLost",
] = ["unknown", "neverStarted", "cooperative", "killed", "workerLost"]

/** No quantities at all, the common case, are nil: an empty map costs both sides more. */
export const orNil = (quantities: Readonly<Record<string, number>>): unknown => {
  for (const _ in quantities) return quantities
  return null
}
