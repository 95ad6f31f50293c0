/** How the tables stand. */
import type { Entry, Status, Worker } from "./entries.ts"
import * as Owners from "./Owners.ts"
import type { Tables } from "./Tables.ts"

export const statusOf = ({
  entries,
  clients,
  ownership,
  workers,
  placement,
  ignored,
}: Tables): Status => ({
  clients: clients.size,
  workers: Array.from(workers.values(), shown),
  ...counted(entries.values()),
  kept: ownership.status(),
  waiting: placement.waiting(workers.values()),
  tombstones: clients.counts().tombstones,
  ignored: { ...ignored },
})

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
