/** Why tasks wait, for people. */
import type { Worker } from "../entries.ts"
import type { Lane } from "./Lane.ts"

/** The tasks of one name that need the same, and why they are not with a worker. */
export interface Waiting {
  readonly name: string
  /** What each of them needs, by name. */
  readonly capabilities: Readonly<Record<string, number>>
  /** How many there are. */
  readonly tasks: number
  readonly why: WhyWaiting
}

export type WhyWaiting =
  /** It was sent again to a scheduler that has just started, and an attempt of before may still run somewhere. */
  | { readonly _tag: "Recovering" }
  /** No worker that is here offers the name. */
  | { readonly _tag: "NotOffered" }
  /**
   * No worker that offers the name has, even if it holds nothing, enough of each capability. `lacking` names those
   * of which no such worker has enough; if it is empty, they have enough of each, but none of all.
   */
  | { readonly _tag: "TooLittle"; readonly lacking: ReadonlyArray<string> }
  /**
   * So many workers could take them: those that are full, or have too little left of a capability; those that are
   * draining; those that are without a connection.
   */
  | {
      readonly _tag: "Busy"
      readonly full: number
      readonly draining: number
      readonly away: number
    }

export const shownMax = 100

/** Of what most tasks ask for, nested or not; looks at each worker once for each. */
export const waitingIn = (
  lanes: Iterable<Lane>,
  workers: ReadonlyArray<Worker>,
): ReadonlyArray<Waiting> =>
  alike(lanes)
    .toSorted((a, b) => b.tasks - a.tasks)
    .slice(0, shownMax)
    .map(({ lane, tasks }) => ({
      name: lane.name,
      capabilities: Object.fromEntries(lane.needs),
      tasks,
      why: whyWaiting(lane, workers),
    }))

interface Alike {
  readonly lane: Lane
  tasks: number
}

/** Lanes that differ in depth only, together. */
const alike = (lanes: Iterable<Lane>): ReadonlyArray<Alike> => {
  const found = new Map<string, Alike>()
  for (const lane of lanes) {
    const key = JSON.stringify([lane.name, lane.needs])
    const known = found.get(key)
    if (known === undefined) found.set(key, { lane, tasks: lane.size })
    else known.tasks += lane.size
  }
  return [...found.values()]
}

const whyWaiting = ({ name, needs }: Lane, workers: ReadonlyArray<Worker>): WhyWaiting => {
  const offering = workers.filter(({ seat }) => seat?.crew.offers(name))
  if (offering.length === 0) return { _tag: "NotOffered" }
  const able = offering.filter(({ seat }) => seat?.couldMeet(needs))
  if (able.length > 0) return busy(able)
  const lacking = needs.filter((need) => !offering.some(({ seat }) => seat?.couldMeet([need])))
  return { _tag: "TooLittle", lacking: lacking.map(([capability]) => capability) }
}

const busy = (workers: ReadonlyArray<Worker>): WhyWaiting => {
  const draining = workers.filter((worker) => worker.draining).length
  const away = workers.filter((worker) => worker.away && !worker.draining).length
  return { _tag: "Busy", full: workers.length - draining - away, draining, away }
}
