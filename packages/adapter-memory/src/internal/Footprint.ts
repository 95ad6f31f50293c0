/** What steps touch, and the places there are beside the nodes. */
import type { Happening } from "./WorldNode.ts"

/** What a step touched, as sets of nodes, one bit each: two steps that share none commute. */
export interface Footprint {
  /** The nodes whose state it may have changed. */
  readonly acts: number
  /** The nodes it looked at. */
  readonly sees: number
  /** The numbers of the steps without which it could not have happened. */
  readonly causes: ReadonlyArray<number>
  /** Whether it could happen only because nothing else could. It commutes with no other step: time has passed for all. */
  readonly isLast: boolean
}

/** The budget of early timers is a place, too: its spending is seen by all who spend. */
export const budgetBit: number = 1 << 30

/** So is what can go wrong, and who can reach whom: every fault changes it, and who begins to speak looks at it. */
export const weatherBit: number = 1 << 31

/** More nodes than this do not fit a footprint. */
export const nodesMax = 30

const lastKinds: ReadonlySet<Happening["kind"]> = new Set(["timer", "mend", "rest"])

/** Whether it happens only once nothing else can. */
export const isLast = ({ kind }: Happening): boolean => lastKinds.has(kind)
