/** What the scheduler's tables hold, and what they say. */
import {
  type AttemptOutput,
  type CreditAccount,
  type Message,
  NumberTable,
  type OutputWindow,
  type PeerId,
  Places,
  SchedulerTask,
  type TaskNumber,
} from "@scaler-ts/protocol"
import * as Owners from "./Owners.ts"
import type { Share } from "./placement/Lane.ts"
import type { Guest } from "./placement/Line.ts"
import type { Seat } from "./placement/Seat.ts"
import type { Waiting } from "./placement/waiting.ts"
import type { Linked } from "./StateList.ts"
import { Tombstones } from "./Tombstones.ts"

/** What the tables have done to the world, for the shell to carry out. */
export interface Outlet {
  readonly toClient: (client: PeerId, message: Message.SchedulerToClient) => void
  readonly toWorker: (worker: PeerId, message: Message.SchedulerToWorker) => void
  /** Calls `fire` in `delayMs` unless the returned function is called first. */
  readonly after: (delayMs: number, fire: () => void) => () => void
  /** Milliseconds from an arbitrary point, never going back. */
  readonly nowMs: () => number
}

/** How much a worker can hold, and does. */
export interface Capacity {
  readonly slots: number
  readonly prefetch: number
  /** How many of its places are taken, for a task that is not nested. */
  readonly held: number
  readonly draining: boolean
  /** Whether it has no connection at the moment: what it is sent would wait, and may be lost with it. */
  readonly away: boolean
}

/** Told what the tables do, when they have done it. */
export interface Observer {
  /** A task's state has changed by these commands, and by this result if they forward one. */
  readonly moved: (
    entry: Entry,
    before: SchedulerTask.State,
    commands: ReadonlyArray<SchedulerTask.Command>,
    result: Message.TaskResult | undefined,
  ) => void
  /** A worker is gone, and held these until then. */
  readonly workerGone: (worker: string, held: ReadonlyArray<Entry>) => void
}

/** How things stand, for people and for tests. */
export interface Status {
  readonly clients: number
  readonly workers: ReadonlyArray<WorkerStatus>
  readonly tasks: Readonly<Record<"queued" | "running" | "recalling" | "cancelling", number>>
  /** What waits and why, most tasks first; at most 100 of what there is. */
  readonly waiting: ReadonlyArray<Waiting>
  /** How many of the tasks nobody has a future of: they go on, or are being stopped. */
  readonly ownerless: number
  /** How detached tasks ended that whoever attaches is told. */
  readonly kept: { readonly ends: number; readonly bytes: number }
  readonly tombstones: number
  /** How many messages and events changed nothing, by the reason. */
  readonly ignored: Readonly<Partial<Record<SchedulerTask.IgnoredByScheduler, number>>>
}

export interface WorkerStatus extends Capacity {
  readonly name: string
  /** How many attempts it holds. */
  readonly attempts: number
  /** How many of them wait for children of their own, so that their slots are lent to tasks that are nested. */
  readonly waiting: number
}

/**
 * A client that has said hello, or a worker, for the children of its attempts: it is here, or something that
 * it submitted goes on.
 */
export interface Client {
  readonly peer: PeerId
  /** The name of its session, by which others know its tasks. */
  readonly session: string
  isHere: boolean
  /** What it has submitted or attached to, by its own numbers. Once it is gone, what it has submitted. */
  readonly tasks: NumberTable<Entry>
  /** What of that it has attached to. */
  readonly attached: NumberTable<Watcher>
  /** How much it has asked, to be answered at once, since it began to take what it is sent too slowly. */
  asked: number
  readonly tombstones: Tombstones
  /** The highest task number heard of: what it has of those up to it is known, has ended, or waits at the client. */
  highest: TaskNumber
  /** The highest of a task that it submitted: what it attaches to goes ahead of what waits at the client. */
  submitted: TaskNumber
  /** Its tasks that wait, by their priority. */
  readonly shares: Map<number, Share>
  /** What it may send, and what it has here. A worker's has no bound. */
  readonly account: CreditAccount<PeerId>
}

/** A worker that has said hello and is not gone. */
export interface Worker extends Capacity {
  readonly peer: PeerId
  readonly name: string
  readonly capabilities: Readonly<Record<string, number>>
  /** The names of the tasks it has functions for. */
  readonly tasks: ReadonlyArray<string>
  /** The attempts it holds, by the number of their task. */
  readonly entries: NumberTable<Entry>
  readonly places: Places
  held: number
  draining: boolean
  away: boolean
  /** What it uses, as it said last. */
  load: Message.WorkerLoad | undefined
  /** Where its room is counted, while it is here. */
  seat: Seat | undefined
}

/** A client that has attached to a task. */
export interface Watcher {
  readonly client: Client
  readonly entry: Entry
  /** The number by which it knows the task. */
  readonly task: TaskNumber
  /** Whether it is to be told what the task says. */
  readonly listens: boolean
  /** What is on its way to it of what the current attempt says. */
  output: AttemptOutput | undefined
}

/** What an attempt says. */
export interface Talk {
  readonly attempt: number
  /** How many lines went to the client that submitted the task, and are not known to be taken. */
  out: number
  /** What was taken in that client's place, and the worker has not been told of. */
  due: OutputWindow.Amount
}

/** A task that has not ended. */
export interface Entry extends Guest<Entry>, Linked<Entry> {
  /** The number under which workers know the task. */
  readonly id: TaskNumber
  /** The client that submitted it, which may be gone: its tasks still take turns as those of one client. */
  readonly client: Client
  owners: Owners.State
  /** Who has attached; nothing is made for it before somebody has. */
  watchers: Set<Watcher> | undefined
  /** Whether the current attempt's worker sends what it says. */
  isHeard: boolean
  talk: Talk | undefined
  readonly task: Message.Task
  /** How many tasks it is nested in. */
  readonly depth: number
  /** Whether its attempt waits for children, so that its slot is lent. */
  waits: boolean
  state: SchedulerTask.State
  stopTimeout: (() => void) | undefined
  /** The worker that holds an attempt of it. */
  holder: Worker | undefined
  /** For whose free slot it is being taken back. */
  awaitedBy: Seat | undefined
  /** When it came into its state, by the scheduler's clock. */
  sinceMs: number
  /** How far its cancel has come, as far as its worker has told. */
  rung: Message.CancelRung
  /** Who is told of its moves: a bit for each watch. */
  watched: number
}

export const newClient = (
  { peer, session }: Pick<Client, "peer" | "session">,
  tombstonesMax: number,
  account: CreditAccount<PeerId>,
): Client => ({
  peer,
  session,
  isHere: true,
  tasks: new NumberTable(),
  attached: new NumberTable(),
  asked: 0,
  tombstones: new Tombstones(tombstonesMax),
  highest: 0,
  submitted: 0,
  shares: new Map(),
  account,
})

/** A worker that holds nothing. */
export const newWorker = (peer: PeerId, hello: Message.WorkerHello): Worker => ({
  peer,
  name: hello.worker,
  capabilities: hello.capabilities,
  tasks: hello.tasks,
  slots: hello.slots,
  prefetch: hello.prefetch,
  held: 0,
  draining: false,
  away: false,
  entries: new NumberTable(),
  places: new Places(hello.slots),
  load: undefined,
  seat: undefined,
})

/** A worker has said what it uses. */
export const noteLoad = (worker: Worker | undefined, load: Message.WorkerLoad): void => {
  if (worker !== undefined) worker.load = load
}

/** A task that a client has just submitted. */
export const newEntry = (id: TaskNumber, client: Client, task: Message.Task): Entry => ({
  id,
  client,
  owners: Owners.alone,
  watchers: undefined,
  isHeard: false,
  talk: undefined,
  task,
  // What a client says of it counts for nothing: only workers know.
  depth: client.account.isBounded ? 0 : Math.min(Math.max(1, task.depth), Places.depthMax),
  waits: false,
  state: SchedulerTask.unknown,
  stopTimeout: undefined,
  holder: undefined,
  awaitedBy: undefined,
  sinceMs: 0,
  rung: "none",
  watched: 0,
  line: undefined,
  before: undefined,
  after: undefined,
  earlier: undefined,
  later: undefined,
})

/** Who has attached to a task, the first first. */
export const watchersOf = ({ watchers }: Entry): Iterable<Watcher> => watchers ?? nobody

const nobody: Iterable<Watcher> = []

/** The state of a client's task that is not there: it has ended, or never came. */
export const formerState = (
  { tombstones, highest }: Client,
  task: TaskNumber,
): SchedulerTask.State =>
  // Links are first in, first out: of a task that ended by a result the result is on its way.
  task <= highest ? { _tag: "ended", confirm: tombstones.get(task) } : SchedulerTask.unknown

/** Whether a client has submitted a task of that number, or has attached to one under it. */
export const hasNumber = ({ submitted, tasks }: Client, task: TaskNumber): boolean =>
  // One that waited at its client has a lower number than what that has attached to meanwhile.
  task <= submitted || tasks.get(task) !== undefined

/** The worker that holds an attempt, if that is the current one. */
export const holderOf = (state: SchedulerTask.State, attempt: number): string | undefined =>
  (state._tag === "running" || state._tag === "recalling" || state._tag === "cancelling") &&
  state.attempt === attempt
    ? state.worker
    : undefined

/** Whether none of a client's tasks is to be started for now: it takes too slowly what it is sent. */
export const isHeldUp = ({ isHere, account }: Client): boolean => isHere && account.isBehind

/** Whether its attempt has, as far as is known, not begun to run. */
export const hasNotStarted = ({ state }: Entry): boolean =>
  state._tag === "running" && !state.started

/** Whether it waits once more. */
export const hasBeenPlaced = ({ state }: Entry): boolean =>
  state._tag === "queued" && state.attempt > 0
