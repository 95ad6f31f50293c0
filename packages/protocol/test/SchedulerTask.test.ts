import assert from "node:assert/strict"
import { test } from "vitest"
import {
  type Command,
  type Event,
  type State,
  step,
  unknown,
} from "../src/machine/SchedulerTask.ts"
import { everySequence, hold } from "./sequences.ts"

/** Events about the attempt that is the current one when they happen. */
type Letter =
  | Exclude<Event["_tag"], "TaskArrived" | "Canceled">
  | "NeverStarted"
  | "Cooperative"
  | "StaleResult"

const alphabet: ReadonlyArray<Letter> = [
  "SlotAvailable",
  "CancelAsked",
  "OwnerLost",
  "RecallAsked",
  "WorkerLost",
  "TimedOut",
  "Started",
  "ResultArrived",
  "NeverStarted",
  "Cooperative",
  "CancelFailed",
  "CancelNotFound",
  "StaleResult",
]

const eventOf = (letter: Letter, state: State): Event => {
  const attempt = "attempt" in state ? state.attempt : 1
  const from = { worker: "w", attempt }
  switch (letter) {
    case "CancelAsked":
    case "OwnerLost":
    case "RecallAsked":
      return { _tag: letter }
    case "NeverStarted":
      return { _tag: "Canceled", how: "neverStarted", stopMs: 0, ...from }
    case "Cooperative":
      return { _tag: "Canceled", how: "cooperative", stopMs: 1, ...from }
    case "StaleResult":
      return { _tag: "ResultArrived", worker: "v", attempt }
    default:
      return { _tag: letter, ...from }
  }
}

/** What an observer of one task has seen. */
interface Seen {
  readonly state: State
  /** The attempt that has a slot; 0 for none. */
  readonly slot: number
  readonly attempts: number
  readonly queued: boolean
  /** The attempt whose timeout runs; 0 for none. */
  readonly timeout: number
  readonly forced: boolean
  /** Whether a cancel of the client waits for its answer. */
  readonly asked: boolean
}

const holds = (state: State): boolean =>
  state._tag === "running" || state._tag === "recalling" || state._tag === "cancelling"

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

const answers: ReadonlySet<Command["_tag"]> = new Set([
  "Confirm",
  "ForwardResult",
  "ReportDied",
  "ReportTimeout",
])

const obey = (seen: Mutable<Seen>, command: Command): void => {
  switch (command._tag) {
    case "Dispatch":
      hold("G6: a slot is taken once", seen.slot === 0)
      hold("attempts are numbered from 1 up", command.attempt === seen.attempts + 1)
      hold("G2: never started after a forced cancel (R39)", !seen.forced)
      hold("only what is queued is dispatched", seen.queued)
      seen.attempts = command.attempt
      seen.slot = command.attempt
      seen.queued = false
      return
    case "FreeSlot":
      hold("G6: a slot is freed once", seen.slot > 0)
      seen.slot = 0
      return
    case "Queue":
    case "Unqueue":
      hold("in and out of the queue in turn", seen.queued === (command._tag === "Unqueue"))
      seen.queued = command._tag === "Queue"
      return
    case "StartTimeout":
      hold("one timeout per attempt", seen.timeout === 0 && command.attempt === seen.slot)
      seen.timeout = command.attempt
      return
    case "StopTimeout":
      seen.timeout = 0
      return
    case "SendCancel":
      hold("a cancel goes to the attempt that has the slot", command.attempt === seen.slot)
      hold("one forced cancel at a time (R12)", seen.state._tag !== "cancelling")
      seen.forced ||= command.force
      return
    default:
      if (answers.has(command._tag)) seen.asked = false
  }
}

const next = (before: Seen, letter: Letter): Seen => {
  const event = eventOf(letter, before.state)
  const { state, commands } = step(before.state, event)
  const seen: Mutable<Seen> = { ...before }
  const held = holds(before.state)
  if (letter === "CancelAsked") {
    const onItsWay = before.state._tag === "ended" && before.state.confirm === undefined
    seen.asked = !onItsWay
  }
  if (letter === "WorkerLost" && held) seen.slot = 0
  if (letter === "TimedOut") seen.timeout = 0
  for (const command of commands) obey(seen, command)
  seen.state = state

  hold("G6: who holds an attempt holds its slot", holds(state) === seen.slot > 0)
  hold("the queue has what is queued", seen.queued === (state._tag === "queued"))
  hold("G7: no timeout without its attempt", seen.timeout === 0 || seen.timeout === seen.slot)
  hold("G4: a cancel is answered, or its task is cancelling", !seen.asked || isAsked(state))
  if (letter === "ResultArrived" && held) {
    hold(
      "G5: a result is forwarded",
      commands.some(({ _tag }) => _tag === "ForwardResult"),
    )
  }
  if (letter === "StaleResult" || (!held && letter === "ResultArrived")) {
    hold("G9: anybody else's result is ignored", state === before.state && isIgnored(commands))
  }
  if (before.state._tag === "ended") {
    hold("nothing leaves an end", state === before.state)
  } else if (state._tag === "ended") {
    const told = commands.filter(({ _tag }) => answers.has(_tag)).length
    hold("G1: the client is told of the end once", told === (isSilent(before, letter) ? 0 : 1))
  }
  return seen
}

const isAsked = (state: State): boolean => state._tag === "cancelling" && state.asked.client

const isIgnored = (commands: ReadonlyArray<Command>): boolean =>
  commands.length === 1 && commands[0]?._tag === "Ignore"

const isSilent = ({ state }: Seen, letter: Letter): boolean =>
  state._tag === "queued" && letter === "OwnerLost"

const arrived = step(unknown, { _tag: "TaskArrived", attemptsMax: 2, lost: 0 })

test(
  "in every sequence of up to six events a task in the scheduler keeps G1, G2, G4, G5, G6, G7 and " +
    "G9: its slot is taken and released once per attempt, and every cancel is answered",
  () => {
    assert.deepEqual(arrived.commands, [{ _tag: "Queue" }])
    const start: Seen = {
      state: arrived.state,
      slot: 0,
      attempts: 0,
      queued: true,
      timeout: 0,
      forced: false,
      asked: false,
    }
    assert.equal(everySequence(alphabet, 6, start, next), (13 ** 7 - 13) / 12)
  },
)
