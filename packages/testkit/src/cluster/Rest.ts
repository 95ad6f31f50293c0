/** How a cluster stands once it has come to rest, and what went wrong on the way. */
import type { Harm, World, WorldNode } from "@scaler-ts/adapter-memory"
import type { CancelPolicy, ClientStatus } from "@scaler-ts/future"
import { schedulerPeer } from "@scaler-ts/protocol"
import type { Status } from "@scaler-ts/scheduler"

/** How things stand once nothing can happen any more. */
export interface Rest {
  /** The nodes that were cut off or crashed, or lost single messages. */
  readonly harmed: ReadonlySet<string>
  /** Whether each message arrived once and in order, or its connection was gone: all rests on it. */
  readonly isReliable: boolean
  /** The nodes that stood still for a while: what they promise to do in time they do late. */
  readonly paused: ReadonlySet<string>
  /** Which life each node leads; what ran in an earlier one runs no more. 0 for one that crashed. */
  readonly lives: ReadonlyMap<string, number>
  readonly policy: CancelPolicy
  /** Whether a task may be run again because its scheduler was gone. */
  readonly resubmits: boolean
  /** Whether no attempt of before runs on beside the next one then: where all have the time to say what they hold. */
  readonly recovers: boolean
  readonly slots: number
  readonly prefetch: number
  /** How many unfinished tasks the scheduler takes, of one client and of all together, and how many children of one attempt. */
  readonly bounds: Readonly<Record<"clientTasksMax" | "tasksMax" | "childrenMax", number>>
  readonly scheduler: Status
  /** Whether a worker still holds something of a session before, which tasks that are sent again wait for. */
  readonly isHeldBack: boolean
  readonly workers: ReadonlyArray<{
    readonly name: string
    readonly waiting: number
    readonly running: number
    readonly stopping: number
  }>
  readonly clients: ReadonlyArray<ClientStatus>
  /** The nodes that crashed and did not start again. */
  readonly gone: ReadonlySet<string>
  /** Where things are kept from going on: links that are held or parted, nodes that stand still. */
  readonly held: ReadonlyArray<string>
}

/** What a scheduler that crashed says of itself. */
export const nothingKnown: Status = {
  clients: 0,
  workers: [],
  tasks: { queued: 0, running: 0, recalling: 0, cancelling: 0 },
  waiting: [],
  tombstones: 0,
  ownerless: 0,
  kept: { ends: 0, bytes: 0 },
  ignored: {},
}

/** Where things are kept from going on until a script says so. */
export const stoppedIn = ({ held, all, weather }: World): ReadonlyArray<string> => [
  ...held,
  ...weather.partitions.map(({ one, other }) => `${one}>${other}`),
  ...all.flatMap(({ name, frozen }) => (frozen ? [name] : [])),
]

/**
 * Of whom the guarantees promise less, because their connection was ended for good or had a gap. The
 * scheduler's own crash harms everybody; a connection of it that breaks harms the other end.
 */
export const harmedIn = (
  world: World,
  times: SessionTimes,
  isHeldUp: boolean,
  dismissed: ReadonlyArray<WorldNode>,
): ReadonlySet<string> => {
  const of = (...harms: ReadonlyArray<Harm>): ReadonlyArray<string> =>
    harms.flatMap((harm) => [...world.weather.harmedBy(harm)])
  const broken = isResumed(world, times, isHeldUp) ? [] : of("cut", "partition")
  const ends = [...broken, ...of("message")].filter((name) => name !== schedulerPeer)
  return new Set([...ends, ...of("crash"), ...dismissed.map(({ name }) => name)])
}

interface SessionTimes {
  readonly resumeMs?: number
  readonly earlyTimers?: number
}

/** Whether every session had the time to go on in another connection, so that a broken one has harmed nobody. */
const isResumed = (
  { weather }: World,
  { resumeMs = 0, earlyTimers = 0 }: SessionTimes,
  isHeldUp: boolean,
): boolean => {
  if (resumeMs === 0 || (earlyTimers > 0 && resumeMs < Infinity)) return false
  const has = (harm: Harm): boolean => weather.harmedBy(harm).size > 0
  // Who dials in a partition is not heard, and what is held up or stands still may take longer than there is time.
  if (isHeldUp || (has("partition") && has("cut"))) return false
  return !has("crash") && !has("freeze") && !has("skew")
}

interface RecoveryOptions {
  readonly onSchedulerLost?: "resubmit" | "fail"
  readonly recoverMs?: number
  readonly earlyTimers?: number
}

export const recoveryOf = ({
  onSchedulerLost = "fail",
  recoverMs = 0,
  earlyTimers = 0,
}: RecoveryOptions): Pick<Rest, "resubmits" | "recovers"> => {
  const resubmits = onSchedulerLost === "resubmit"
  return { resubmits, recovers: resubmits && recoverMs > 0 && earlyTimers === 0 }
}

/** Who has no slots is there only to say what it still holds of a session before, which no scheduler counts. */
export const standingOf = (status: Status): Pick<Rest, "scheduler" | "isHeldBack"> => {
  const workers = status.workers.filter(({ slots }) => slots > 0)
  return {
    scheduler: { ...status, workers },
    isHeldBack: workers.length < status.workers.length,
  }
}
