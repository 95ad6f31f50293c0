import assert from "node:assert/strict"
import { test } from "vitest"
import { absent, type Command, type Event, type State, step } from "../src/machine/WorkerAttempt.ts"
import { everySequence, hold } from "./sequences.ts"

/** `StillStopping` is not among them: it never changes a state, as the table says, and would double what there is to try. */
const alphabet: ReadonlyArray<Event> = [
  { _tag: "Dispatched", slotFree: true },
  { _tag: "Dispatched", slotFree: false },
  { _tag: "SlotFreed" },
  { _tag: "CancelAsked", force: true },
  { _tag: "CancelAsked", force: false },
  { _tag: "Returned" },
  { _tag: "Stopped" },
  { _tag: "GraceOver", canKill: true },
  { _tag: "GraceOver", canKill: false },
  { _tag: "Exited" },
  { _tag: "DrainAsked" },
  { _tag: "DrainBoundPassed" },
  { _tag: "SessionGone" },
]

/** What an observer of one attempt has seen since it was dispatched. */
interface Seen {
  readonly state: State
  readonly started: boolean
  readonly interrupted: boolean
  readonly grace: boolean
  /** Whether a forced cancel waits for its answer. */
  readonly asked: boolean
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

const start: Seen = {
  state: absent,
  started: false,
  interrupted: false,
  grace: false,
  asked: false,
}

const obey = (seen: Mutable<Seen>, command: Command, event: Event): void => {
  switch (command._tag) {
    case "SendStarted":
      hold("an attempt is started once", !seen.started)
      seen.started = true
      return
    case "Interrupt":
      hold("only what was started is interrupted", seen.started)
      seen.interrupted = true
      return
    case "StartGrace":
      hold("one grace period at a time", !seen.grace && seen.interrupted)
      seen.grace = true
      return
    case "StopGrace":
      seen.grace = false
      return
    case "Kill":
      hold("only what was interrupted is killed", seen.interrupted)
      return
    case "Confirm":
      return confirmed(seen, command, event)
    case "SendResult":
    case "SendDied":
      hold("only what was started has a result", seen.started)
      seen.asked = false
      return
    case "Start":
    case "SendStopping":
    case "Ignore":
  }
}

/** G2: `canceled` is confirmed when the code has been seen to stop, and not before. */
const confirmed = (
  seen: Mutable<Seen>,
  { type, how }: Extract<Command, { readonly _tag: "Confirm" }>,
  event: Event,
): void => {
  const seenToStop = {
    neverStarted: !seen.started,
    cooperative: seen.interrupted && event._tag === "Stopped",
    killed: seen.interrupted && event._tag === "Exited",
    unknown: false,
  }
  hold("G2: canceled when seen to stop", (type === "canceled") === seenToStop[how])
  const refusal = event._tag === "GraceOver" || (event._tag === "CancelAsked" && !event.force)
  hold("a forced cancel is refused only after the grace period", type !== "cancelFailed" || refusal)
  if (type !== "cancelFailed" || event._tag === "GraceOver") seen.asked = false
}

const reports: ReadonlySet<Command["_tag"]> = new Set(["SendResult", "SendDied"])

/** How many commands tell the scheduler that the attempt has ended. */
const endsTold = (commands: ReadonlyArray<Command>): number =>
  commands.filter(
    (command) =>
      reports.has(command._tag) || (command._tag === "Confirm" && command.type === "canceled"),
  ).length

const next = (before: Seen, event: Event): Seen => {
  const { state, commands } = step(before.state, event)
  const seen: Mutable<Seen> = { ...before }
  const wasAbsent = before.state._tag === "absent"
  if (event._tag === "GraceOver") seen.grace = false
  if (event._tag === "CancelAsked" && event.force) {
    // After a drain's bound or the session's end nobody is answered any more.
    seen.asked = before.state._tag !== "stopping" || before.state.asked
  }
  if (event._tag === "DrainBoundPassed" || event._tag === "SessionGone") seen.asked = false
  for (const command of commands) obey(seen, command, event)
  seen.state = state

  hold("G7: no grace period without a stop", !seen.grace || state._tag === "stopping")
  hold("G4: a forced cancel is answered, or its attempt is stopping", !seen.asked || isAsked(state))
  if (wasAbsent) {
    hold("nothing is reported of what is not there", endsTold(commands) === 0)
  } else if (state._tag === "absent") {
    hold("each end is told once, unless nobody asked", endsTold(commands) === told(before, event))
    return start
  } else {
    hold("no end is told before it is one", endsTold(commands) === 0)
  }
  return seen
}

const isAsked = (state: State): boolean => state._tag === "stopping" && state.asked

const told = ({ state }: Seen, event: Event): 0 | 1 => {
  if (event._tag === "Returned") return 1
  if (event._tag === "SessionGone") return 0
  return state._tag === "stopping" && !state.asked ? 0 : 1
}

test(
  "in every sequence of up to six events an attempt on a worker keeps G2, G4 and G7: it is " +
    "started once, its end is told once, and a stop is confirmed when it has been seen",
  () => {
    assert.equal(everySequence(alphabet, 6, start, next), (13 ** 7 - 13) / 12)
  },
)
