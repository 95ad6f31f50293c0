/** How the tables stand. */
import type { Entry, Status, Worker } from "./entries.ts"
import * as Owners from "./Owners.ts"
import { shownMax, type Waiting } from "./placement/waiting.ts"
import type { Tables } from "./Tables.ts"

export const statusOf = ({
  entries,
  clients,
  ownership,
  workers,
  placement,
  ignored,
  recovery,
}: Tables): Status => ({
  clients: clients.size,
  workers: Array.from(workers.values(), shown),
  ...counted(entries.values()),
  kept: ownership.status(),
  waiting: waitingOf({ placement, recovery, workers }),
  tombstones: clients.counts().tombstones,
  ignored: { ...ignored },
})

/** What waits and why, most tasks first. */
export const waitingOf = ({
  placement,
  recovery,
  workers,
}: Pick<Tables, "placement" | "recovery" | "workers">): ReadonlyArray<Waiting> =>
  [...recovery.waiting(), ...placement.waiting(workers.values())]
    .toSorted((a, b) => b.tasks - a.tasks)
    .slice(0, shownMax)

/** A worker as the status has it. */
const shown = (worker: Worker): Status["workers"][number] => {
  const { name, slots, prefetch, held, draining, away, entries, places } = worker
  const { waiting } = places
  return { name, slots, prefetch, held, draining, away, attempts: entries.size, waiting }
}

/** How many tasks there are in each state, and how many that nobody has a future of. */
const counted = (entries: Iterable<Entry>): Pick<Status, "tasks" | "ownerless"> => {
  const tasks = { queued: 0, running: 0, recalling: 0, cancelling: 0 }
  let ownerless = 0
  for (const { state, owners } of entries) {
    if (state._tag !== "unknown" && state._tag !== "ended") tasks[state._tag]++
    if (!Owners.isOwned(owners)) ownerless++
  }
  return { tasks, ownerless }
}
