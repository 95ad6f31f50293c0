/** What a task says meets a client that takes it slowly, and whatever ends the task. */
import { Future } from "@scaler-ts/future"
import { it } from "@scaler-ts/testkit/vitest"
import { inline } from "@scaler-ts/worker"
import { everyOrder } from "../support/bounds.ts"

/** More than may be on its way, and less than may be kept besides. */
const lines = 300

const inOrder = (told: ReadonlyArray<string>): boolean =>
  told.every((line, n) => line === `line ${n + 1}`)

/** Whether the lines are those of a talker but for some that a line in their place says are missing. */
const isAccounted = (told: ReadonlyArray<string>, all: number): boolean => {
  const said = told.reduce((before, line) => {
    const [, missing] = /^… (\d+) lines left out/.exec(line) ?? []
    if (missing !== undefined) return before + Number(missing)
    return line === `line ${before + 1}` ? before + 1 : Number.NaN
  }, 0)
  return said === all
}

/** A callback that takes no line, ever. */
const never = (): Promise<void> => new Promise(() => {})

it.race(
  "a client that takes what a task says is told all of it, in order, before its end (R47, G10)",
  everyOrder,
  function* ({ submit, job, world, always, sometimes }) {
    const told: Array<string> = []
    const onLog = (line: string): void => void told.push(line)
    const future = yield* submit(job("talker", { lines: 600 }), undefined, { onLog })
    yield* world.status
    const early = told.length
    const outcome = yield* Future.outcome(future)
    always(outcome._tag === "Succeeded" && told.length === 600 && inOrder(told))
    sometimes("it was told of some before", early > 0 && early < 600)
  },
)

it.race(
  "a cancel does not wait for what its task says to be taken (R47, G2, G10)",
  everyOrder,
  function* ({ submit, job, always, sometimes }) {
    const talker = job("talker", { lines, ends: "never" })
    const future = yield* submit(talker, undefined, { onLog: never })
    const receipt = yield* Future.cancel(future)
    always(receipt._tag === "Stopped" && receipt.how !== "killed")
    sometimes("it had begun", talker.started > 0)
  },
)

it.race(
  "a cancel that meets output which is taken has it told in order, and nothing behind the end (R47, G10)",
  everyOrder,
  function* ({ submit, job, always, sometimes }) {
    const told: Array<string> = []
    const onLog = (line: string): void => void told.push(line)
    const future = yield* submit(job("talker", { lines }), undefined, { onLog })
    const receipt = yield* Future.cancel(future)
    const atEnd = told.length
    yield* Future.await(yield* submit(job("next")))
    always(inOrder(told) && told.length === atEnd)
    sometimes("it was stopped when it had said everything", receipt._tag === "Stopped" && atEnd === lines) // oxfmt-ignore
    sometimes("it was stopped before", receipt._tag === "Stopped" && atEnd === 0)
  },
)

it.race(
  "a task that is forgotten does not wait for its client to listen (R47, G6)",
  everyOrder,
  function* ({ submit, job, always }) {
    const talker = job("talker", { lines })
    const future = yield* submit(talker, undefined, { onLog: never })
    yield* Future.forget(future)
    yield* Future.await(yield* submit(job("next")))
    always(talker.finished === 1)
  },
)

it.race(
  "a timeout stops a task whose lines nobody takes (R47, G8)",
  everyOrder,
  function* ({ submit, job, always }) {
    const talker = job("talker", { lines, ends: "never" })
    const options = { onLog: never, timeoutMs: 10 }
    const outcome = yield* Future.outcome(yield* submit(talker, undefined, options))
    always(outcome._tag === "Failed" && outcome.error._tag === "TaskTimedOut")
  },
)

it.race(
  "of what cannot be held a line in its place says how much is missing, before the end (R47, G10)",
  { ...everyOrder, executor: inline() },
  function* ({ submit, job, always, sometimes }) {
    const told: Array<string> = []
    const onLog = (line: string): void => void told.push(line)
    const future = yield* submit(job("talker", { lines: 600 }), undefined, { onLog })
    const outcome = yield* Future.outcome(future)
    always(outcome._tag === "Succeeded" && isAccounted(told, 600))
    sometimes("some are missing", told.length < 600)
  },
)
