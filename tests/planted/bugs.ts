/** Bugs in one step each, and the races that show them in a real cluster. */
import { Future } from "@scaler-ts/future"
import { move } from "@scaler-ts/protocol"
import type { RaceBody, RaceOptions } from "@scaler-ts/testkit"
import { type ExecutorFactory, inline } from "@scaler-ts/worker"
import * as Effect from "effect/Effect"
import { mutants } from "../states/mutants.ts"
import { realSteps, type Steps } from "../states/world.ts"

export interface Bug {
  readonly name: string
  readonly guarantee: string
  readonly steps: Partial<Steps>
  readonly race: RaceBody
  readonly options?: RaceOptions
  /** What to run the race with when nothing is planted. Its `options` unless told otherwise. */
  readonly healthy?: RaceOptions
}

/** A mutant that the search of states sees, too. */
const known = (text: string): Pick<Bug, "name" | "guarantee" | "steps"> => {
  const found = mutants.find(({ name }) => name.includes(text))
  if (found === undefined) throw new Error(`no mutant "${text}"`)
  return found
}

const cancelled: RaceBody = function* ({ submit, job }) {
  const future = yield* submit(job("work"))
  yield* Future.cancel(future)
}

/** Two tasks for one slot, the first of which is cancelled. */
const cancelledInLine: RaceBody = function* ({ submit, job }) {
  const first = yield* submit(job("first"))
  yield* submit(job("second"))
  yield* Future.cancel(first)
}

/** Reports that a function has stopped without stopping it. */
const hasty = (real: ExecutorFactory): ExecutorFactory => ({
  slots: real.slots,
  make: (listener, loop, limits) =>
    Effect.map(real.make(listener, loop, limits), (executor) => ({
      slots: executor.slots,
      canKill: executor.canKill,
      nestingMax: executor.nestingMax,
      start: (attempt) => executor.start(attempt),
      withdraw: (key) => executor.withdraw(key),
      interrupt: (key) => loop.defer(() => listener.stopped(key, () => new Uint8Array(0), 0)),
      kill: (key) => executor.kill(key),
      holdOutput: (key) => executor.holdOutput(key),
      releaseOutput: (key) => executor.releaseOutput(key),
      tellChild: (key, message) => executor.tellChild(key, message),
      lend: (key) => executor.lend(key),
      reclaim: (key) => executor.reclaim(key),
      shutdown: executor.shutdown,
    })),
})

/** Nothing makes it stop: it is refused, until it stops by itself. */
const stubborn = { canKill: false, graceMs: 10 } as const

export const bugs: ReadonlyArray<Bug> = [
  {
    name: "a client that ends a future twice",
    guarantee: "G1",
    steps: {
      client: (state, event, rules) => {
        const moved = realSteps.client(state, event, rules)
        return state._tag === "cancelling" && event._tag === "ConfirmArrived"
          ? move(moved.state, ...moved.commands, { _tag: "End", end: "lost", lost: "workerDied" })
          : moved
      },
    },
    race: function* ({ submit, job }) {
      const future = yield* submit(job("work"))
      yield* Future.cancel(future)
      yield* Future.outcome(future)
    },
  },
  {
    name: "a client that shows another end than it tells",
    guarantee: "G1",
    steps: {
      client: (state, event, rules) => {
        const { commands, state: after } = realSteps.client(state, event, rules)
        return after._tag === "ended" && after.end === "cancelled"
          ? move({ ...after, end: "failed" }, ...commands)
          : move(after, ...commands)
      },
    },
    race: cancelled,
  },
  { ...known("(R35)"), guarantee: "G2", race: cancelled },
  {
    // Of two futures of one job nobody can say whose call goes on; their attempts tell.
    ...known("(R35)"),
    name: "a worker that confirms before the code has stopped, with two futures of one job",
    guarantee: "G2",
    race: function* ({ submit, job }) {
      const work = job("work")
      const future = yield* submit(work)
      yield* submit(work)
      yield* Future.cancel(future)
    },
    options: { slots: 2 },
  },
  {
    ...known("(R39)"),
    race: function* ({ submit, job, world }) {
      const future = yield* submit(job("work", { interruptible: false, ends: "never" }))
      yield* Future.cancel(future)
      yield* world.cut("worker-1")
    },
    options: { ...stubborn, workers: 2 },
  },
  {
    ...known("(R40)"),
    race: function* ({ submit, job, world }) {
      const future = yield* submit(job("work", { ends: "never" }))
      yield* world.cut("worker-1")
      yield* Future.cancel(future)
    },
  },
  {
    name: "an executor that says stopped as soon as it is asked to stop something (R35)",
    guarantee: "G2",
    steps: {},
    race: function* ({ submit, job }) {
      const future = yield* submit(job("work", { ends: "never" }))
      yield* Future.cancel(future)
    },
    options: { executor: hasty(inline()) },
    healthy: { executor: inline() },
  },
  { ...known("keeps a racing result"), race: cancelled },
  {
    ...known("forwards the late stop of a timeout"),
    guarantee: "G3",
    race: function* ({ submit, job }) {
      yield* submit(job("work", { ends: "never" }), undefined, { timeoutMs: 5 })
    },
    options: { ...stubborn, earlyTimers: 1 },
  },
  {
    ...known("(R37)"),
    race: function* ({ submit, job, world }) {
      const future = yield* submit(job("work"))
      yield* world.recall(future)
      yield* Future.cancel(future)
    },
  },
  {
    // The client's own check of what it is about to say sees it first.
    ...known("(R43)"),
    guarantee: "G10",
    race: cancelled,
  },
  {
    name: "a worker that does not answer a cancel",
    guarantee: "G4",
    steps: {
      worker: (state, event) => {
        const { commands, state: after } = realSteps.worker(state, event)
        return move(after, ...commands.filter(({ _tag }) => _tag !== "Confirm"))
      },
    },
    race: cancelled,
  },
  { ...known("(R3)"), race: cancelled },
  {
    name: "a scheduler that has never heard of a task whose result it got",
    guarantee: "G5",
    steps: {
      scheduler: (state, event) => {
        const moved = realSteps.scheduler(state, event)
        return state._tag === "cancelling" && event._tag === "ResultArrived"
          ? move(moved.state, ...moved.commands.filter(({ _tag }) => _tag !== "ForwardResult"), {
              _tag: "Confirm",
              type: "cancelNotFound",
              how: "unknown",
              worker: "",
              attempt: 0,
              stopMs: 0,
            })
          : moved
      },
    },
    race: cancelled,
  },
  { ...known("(R10, R11)"), race: cancelledInLine },
  { ...known("does not free the slot of a result"), race: cancelled },
  {
    name: "a scheduler that loses a task with its worker",
    guarantee: "G7",
    steps: {
      scheduler: (state, event) => {
        const { commands, state: after } = realSteps.scheduler(state, event)
        return event._tag === "WorkerLost"
          ? move(after, ...commands.filter(({ _tag }) => _tag !== "Queue" && _tag !== "ReportDied"))
          : move(after, ...commands)
      },
    },
    race: function* ({ submit, job, world }) {
      yield* submit(job("work"))
      yield* world.cut("worker-1")
    },
    options: { workers: 2 },
  },
  {
    name: "a worker that does not notice that an attempt got its slot",
    guarantee: "G7",
    steps: {
      worker: (state, event) =>
        event._tag === "SlotFreed" ? move(state) : realSteps.worker(state, event),
    },
    race: function* ({ submit, job }) {
      yield* submit(job("first"))
      yield* submit(job("second", { ends: "never" }))
    },
    options: { prefetch: 1 },
  },
  {
    // What stays behind on the worker keeps its slot at the scheduler.
    ...known("(R38)"),
    guarantee: "G6",
    race: function* ({ submit, job }) {
      const future = yield* submit(job("work"))
      yield* Future.cancel(future)
    },
    options: { ...stubborn, earlyTimers: 1 },
  },
  {
    ...known("(R42)"),
    race: function* ({ submit, job, world }) {
      const future = yield* submit(job("work"))
      yield* world.hold("scheduler>client")
      yield* Future.cancel(future)
      yield* Future.cancel(future)
    },
  },
  {
    name: "a client that lets whoever asks after the end wait",
    guarantee: "G8",
    steps: {
      client: (state, event, rules) =>
        state._tag === "ended" && event._tag === "CancelAsked"
          ? move(state, { _tag: "Wait" })
          : realSteps.client(state, event, rules),
    },
    race: function* ({ submit, job }) {
      const future = yield* submit(job("work"))
      yield* Future.cancel(future)
      yield* Future.cancel(future)
    },
  },
  {
    name: "a scheduler that answers for another attempt",
    guarantee: "G9",
    steps: {
      scheduler: (state, event) => {
        const { commands, state: after } = realSteps.scheduler(state, event)
        return move(
          after,
          ...commands.map((command) =>
            command._tag === "Confirm" ? { ...command, attempt: command.attempt + 1 } : command,
          ),
        )
      },
    },
    race: cancelled,
  },
]
