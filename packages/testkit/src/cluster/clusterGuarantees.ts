/** The guarantees that speak of the cluster as a whole: G6 and G7. */
import { Future } from "@scaler-ts/future"
import type { Rest } from "./Rest.ts"
import { about, isOpen, type Violation, violation } from "./evidence.ts"
import type { Record } from "./Record.ts"
import type { AttemptRecord, FutureRecord, Moment } from "./records.ts"

export const ofCluster = (record: Record, rest: Rest): ReadonlyArray<Violation> => {
  const attempts = record.futures.flatMap((one) => (one.isAttached ? [] : one.attempts))
  return [
    ...rest.workers.flatMap(({ name }) =>
      neverOverfull(
        name,
        attempts.filter(({ worker, life }) => worker === name && life === rest.lives.get(name)),
        rest,
      ),
    ),
    // While messages are held nothing has come to rest, and those that were lost nobody knows of.
    ...(rest.held.length > 0 || !rest.isReliable
      ? []
      : [
          ...slotsCounted(attempts, rest),
          ...attemptsKnown(attempts, rest),
          ...futuresKnown(record, rest),
          ...idle(record, rest),
          ...waitsInVain(record, rest),
        ]),
  ]
}

/** G6: a slot that is freed by anything but the end of its attempt is given away while it is taken. */
const neverOverfull = (
  worker: string,
  attempts: ReadonlyArray<AttemptRecord>,
  { slots, prefetch }: Rest,
): ReadonlyArray<Violation> => {
  const runs = runsTooMany(attempts, slots)
  const [alike] = depthsOf(attempts).flatMap((depth) => {
    const nestedAlike = attempts.filter((one) => one.depth === depth)
    const at = exceeds(nestedAlike, ({ began }) => began, slots)
    return at === undefined
      ? []
      : [
          violation(
            "G6",
            at,
            `${worker} runs more attempts at once that are nested ${depth} deep than its ${slots} slots`,
          ),
        ]
  })
  const holds = exceeds(
    attempts.filter(({ depth }) => depth === 0),
    ({ given }) => given,
    slots + prefetch,
  )
  return [
    ...(alike === undefined ? [] : [alike]),
    ...(runs === undefined
      ? []
      : [violation("G6", runs, `${worker} runs more attempts at once than its ${slots} slots`)]),
    ...(holds === undefined
      ? []
      : [
          violation(
            "G6",
            holds,
            `${worker} is sent an attempt although its ${slots + prefetch} places are taken`,
          ),
        ]),
  ]
}

const depthsOf = (attempts: ReadonlyArray<AttemptRecord>): ReadonlyArray<number> => [
  ...new Set(attempts.map(({ depth }) => depth)),
]

/** The first moment at which one was given a slot although all were taken by attempts that do not wait for children. */
const runsTooMany = (attempts: ReadonlyArray<AttemptRecord>, slots: number): Moment | undefined => {
  const starts = attempts.flatMap(({ began }) => (began === undefined ? [] : [began]))
  return starts
    .toSorted((a, b) => a.order - b.order)
    .find((start) => attempts.filter((one) => usesSlotAt(one, start)).length > slots)
}

const usesSlotAt = ({ began, over, waits }: AttemptRecord, at: Moment): boolean => {
  if (began === undefined || began.order > at.order) return false
  if (over !== undefined && over.order < at.order) return false
  return waits.filter(({ order }) => order < at.order).length % 2 === 0
}

/** Whether it waits for children of its own. */
const waitsAtRest = ({ how, waits }: AttemptRecord): boolean =>
  how === undefined && waits.length % 2 === 1

/** The first moment at which more attempts were between `from` and their end than there may be. */
const exceeds = (
  attempts: ReadonlyArray<AttemptRecord>,
  from: (attempt: AttemptRecord) => Moment | undefined,
  max: number,
): Moment | undefined => {
  const changes = attempts.flatMap((attempt) => {
    const at = from(attempt)
    const { over } = attempt
    if (at === undefined) return []
    return [{ at, by: 1 }, ...(over === undefined ? [] : [{ at: over, by: -1 }])]
  })
  let taken = 0
  for (const { at, by } of changes.toSorted((a, b) => a.at.order - b.at.order)) {
    taken += by
    if (taken > max) return at
  }
  return undefined
}

/** G6: what the scheduler counts as taken is what is taken. */
const slotsCounted = (
  attempts: ReadonlyArray<AttemptRecord>,
  rest: Rest,
): ReadonlyArray<Violation> =>
  rest.scheduler.workers.flatMap(({ name, attempts: counted, waiting }) => {
    const open = attempts.filter((one) => one.worker === name && isOpen(one, rest))
    const lent = open.filter(waitsAtRest).length
    return [
      ...(counted === open.length
        ? []
        : [
            violation(
              "G6",
              undefined,
              `the scheduler counts ${counted} attempts of ${name}, and there are ${open.length}`,
            ),
          ]),
      ...(waiting === lent
        ? []
        : [
            violation(
              "G6",
              undefined,
              `the scheduler counts ${waiting} slots of ${name} lent, and ${lent} are`,
            ),
          ]),
    ]
  })

const atRest = (what: string): Violation => violation("G7", undefined, `at rest, ${what}`)

/** G7: no table has an entry for an attempt that is over. */
const attemptsKnown = (
  attempts: ReadonlyArray<AttemptRecord>,
  rest: Rest,
): ReadonlyArray<Violation> => {
  const { scheduler, workers } = rest
  const open = attempts.filter((one) => isOpen(one, rest))
  const held = open.filter(({ worker }) => scheduler.workers.some(({ name }) => name === worker))
  const { running, recalling, cancelling } = scheduler.tasks
  const counts = `${running} running, ${recalling} recalled and ${cancelling} cancelling tasks`
  return [
    ...(running + recalling + cancelling === held.length
      ? []
      : [atRest(`the scheduler has ${counts}, and ${held.length} attempts are at workers`)]),
    ...workers.flatMap(({ name, ...has }) => {
      const entries = has.waiting + has.running + has.stopping
      const there = open.filter(({ worker }) => worker === name).length
      return entries === there
        ? []
        : [atRest(`${name} has ${entries} attempts in its table, and ${there} are there`)]
    }),
  ]
}

/** G7: no table has an entry for a future that has ended. */
const futuresKnown = (
  { futures }: Record,
  { scheduler, clients, gone }: Rest,
): ReadonlyArray<Violation> => {
  const isOpen = ({ client, ends }: FutureRecord): boolean => ends.length === 0 && !gone.has(client)
  const all = futures.filter(isOpen).length
  const open = futures.filter((one) => one.parent === undefined && isOpen(one)).length
  const listed = clients
    .map((client) => client.futures)
    .reduce((sum, { pending, running, cancelling }) => sum + pending + running + cancelling, 0)
  // The task of a forgotten future is run all the same, and a detached one without anybody.
  const wanted = all + futures.filter((one) => isForgotten(one) || one.detached.length > 0).length
  const { queued } = scheduler.tasks
  return [
    ...(listed === open ? [] : [atRest(`clients list ${listed} futures, and ${open} are open`)]),
    ...(queued <= wanted
      ? []
      : [atRest(`${queued} tasks are queued, and ${wanted} are wanted by anybody`)]),
    ...(scheduler.ownerless <= futures.filter(mayGoOn).length
      ? []
      : [atRest(`${scheduler.ownerless} tasks go on that nobody has`)]),
    ...(scheduler.tombstones <= futures.length
      ? []
      : [atRest(`there are ${scheduler.tombstones} tombstones of ${futures.length} tasks`)]),
  ]
}

/** Whether its task may go on without anybody: it is detached, or has refused to stop. */
const mayGoOn = ({ isAttached, detached, refusals }: FutureRecord): boolean =>
  !isAttached && (detached.length > 0 || refusals.length > 0)

const isForgotten = ({ ends: [end] }: FutureRecord): boolean =>
  end?.outcome._tag === "Lost" && end.outcome.error.reason === "forgotten"

/** G7: nobody waits although somebody could work. */
const idle = (record: Record, rest: Rest): ReadonlyArray<Violation> => {
  const { scheduler, workers, slots, gone } = rest
  const { queued } = scheduler.tasks
  const hasRoom = scheduler.workers.some(
    ({ held, slots: has, prefetch, draining }) => !draining && held < has + prefetch,
  )
  // What no worker has enough of is not waited for here: who needs some of what is there waits its turn.
  const missed = scheduler.waiting.filter(
    ({ why, capabilities }) => why._tag === "Busy" && Object.keys(capabilities).length === 0,
  )
  const inLine = scheduler.waiting.reduce((sum, { tasks }) => sum + tasks, 0)
  return [
    ...(inLine < queued && !rest.isHeldBack
      ? [atRest(`${queued} tasks are queued, and ${inLine} of them are in a line for a worker`)]
      : []),
    ...(missed.length > 0 && hasRoom
      ? [atRest(`${queued} tasks are queued although a worker has room`)]
      : []),
    ...workers.flatMap(({ name, waiting, running, stopping }) =>
      waiting > 0 && running + stopping < slots
        ? [atRest(`${waiting} attempts wait on ${name} although a slot is free`)]
        : [],
    ),
    ...record.futures.flatMap((one) => {
      const state = Future.state(one.future)
      const isPending = one.ends.length === 0 && state !== "cancelling" && !gone.has(one.client)
      const isUnderWay = one.attempts.some(
        (attempt) =>
          isOpen(attempt, rest) && scheduler.workers.some(({ name }) => name === attempt.worker),
      )
      return isPending && one.isSent && !isUnderWay && queued === 0
        ? [atRest(`${about(one)} is ${state}, and nobody works on it`)]
        : []
    }),
  ]
}

/** G7: no task waits at its client although the scheduler would take it, nor a child within its parent. */
const waitsInVain = ({ futures }: Record, rest: Rest): ReadonlyArray<Violation> => {
  const { scheduler, bounds, gone } = rest
  const there = Object.values(scheduler.tasks).reduce((sum, tasks) => sum + tasks, 0)
  if (there >= bounds.tasksMax) return []
  const here = futures.filter(({ client }) => !gone.has(client))
  const submitters = new Set(here.map(({ parent, client }) => parent ?? client))
  return [...submitters].flatMap((submitter) => {
    const own = here.filter(({ parent, client }) => (parent ?? client) === submitter)
    const client = own[0]?.client
    const most = typeof submitter === "string" ? bounds.clientTasksMax : bounds.childrenMax
    const waiting = own.filter(({ isSent, ends }) => !isSent && ends.length === 0).length
    const sent = own.filter((one) => one.isSent && (one.ends.length === 0 || isForgotten(one)))
    return waiting === 0 || sent.length >= most
      ? []
      : [atRest(`${waiting} tasks wait at ${client}, and ${sent.length} of it are unfinished`)]
  })
}
