/** What can go wrong, and how often it may. */

/** The kinds of faults, lighter ones first: what a connection survives, what ends it, what ends a node. */
export const faultKinds = [
  "full",
  "skew",
  "freeze",
  "duplicate",
  "reorder",
  "drop",
  "cut",
  "partition",
  "crash",
  "restart",
] as const
export type FaultKind = (typeof faultKinds)[number]

export interface FaultBudget {
  /** How often it may happen. */
  readonly times: number
  /**
   * To which nodes; of `full`, `duplicate`, `reorder` and `drop`, on which links, such as `"a>b"`. To
   * any unless told otherwise.
   */
  readonly on?: ReadonlyArray<string>
}

export type FaultBudgets = { readonly [Kind in FaultKind]?: FaultBudget }
