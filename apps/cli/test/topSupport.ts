/** Readings of a scheduler that never was, for the pure parts of `top`. */
import type { TaskState, TaskStatus, WaitingStatus, WorkerStatus } from "@scaler-ts/operator"
import type { CancelFigures, StillRunning } from "../src/top/Cancels.ts"
import {
  type Command,
  type Event,
  initial,
  type Reading,
  type State,
  step,
} from "../src/top/State.ts"

export const task = (number: number, rest: Partial<TaskStatus> = {}): TaskStatus => ({
  id: `0d527b4429b0f895cfa92d9e.${number}`,
  name: "resize",
  state: "running",
  worker: "worker-1",
  attempt: 1,
  ageMs: 1_000 * number,
  rung: "none",
  ...rest,
})

export const worker = (name: string, rest: Partial<WorkerStatus> = {}): WorkerStatus => ({
  worker: name,
  slots: 4,
  prefetch: 1,
  held: 2,
  capabilities: {},
  tasks: [],
  draining: false,
  away: false,
  silentMs: 40,
  ...rest,
})

export const waiting = (rest: Partial<WaitingStatus> = {}): WaitingStatus => ({
  name: "train",
  capabilities: {},
  tasks: 3,
  why: "notOffered",
  lacking: [],
  full: 0,
  draining: 0,
  away: 0,
  ...rest,
})

export interface Told {
  readonly tasks?: ReadonlyArray<TaskStatus>
  readonly more?: number
  readonly workers?: ReadonlyArray<WorkerStatus>
  readonly waiting?: ReadonlyArray<WaitingStatus>
  readonly ended?: Readonly<Record<string, number>>
  readonly stillRunning?: ReadonlyArray<StillRunning>
  readonly figures?: Partial<CancelFigures>
  readonly clientsBehind?: number
  readonly stopping?: boolean
  readonly nowMs?: number
}

export const reading = (told: Told = {}): Reading => {
  const { ended = {}, more = 0, nowMs = 60_000, tasks = [], workers = [worker("worker-1")] } = told
  const counts: Partial<Record<TaskState, number>> = {}
  for (const { state } of tasks) counts[state] = (counts[state] ?? 0) + 1
  const cancelling = tasks.filter(({ state }) => state === "cancelling")
  return {
    status: {
      clients: 2,
      clientsBehind: told.clientsBehind ?? 0,
      clientsWithoutCredit: 0,
      operators: 1,
      stopping: told.stopping ?? false,
      tombstones: 0,
      tasks: counts,
      oldestMs:
        cancelling.length === 0
          ? {}
          : { cancelling: Math.max(...cancelling.map(({ ageMs }) => ageMs)) },
      ended,
      heard: {},
      ignored: {},
      workers,
      waiting: told.waiting ?? [],
    },
    page: { tasks, more },
    cancels: {
      confirmed: 0,
      p50Ms: undefined,
      p99Ms: undefined,
      stillRunning: told.stillRunning ?? [],
      ...told.figures,
    },
    nowMs,
  }
}

export const read = (told?: Told): Event => ({ _tag: "Read", reading: reading(told) })

/** The state after these events, of which a text is keys that are separated by spaces. */
export const after = (...events: ReadonlyArray<Event | string>): State => stepped(events).state

/** What is to be done in the end, of all that was said. */
export const commandsOf = (...events: ReadonlyArray<Event | string>): ReadonlyArray<Command> =>
  stepped(events).commands

const stepped = (events: ReadonlyArray<Event | string>) => {
  let state = initial("tcp://127.0.0.1:7000")
  const commands: Array<Command> = []
  const all = events.flatMap((event): ReadonlyArray<Event> =>
    typeof event === "string" ? event.split(" ").map((key) => ({ _tag: "Key", key })) : [event],
  )
  for (const event of all) {
    const next = step(state, event)
    state = next.state
    commands.push(...next.commands)
  }
  return { state, commands }
}
