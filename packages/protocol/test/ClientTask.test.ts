import assert from "node:assert/strict"
import { describe, test } from "vitest"
import {
  type CancelPolicy,
  type Command,
  type Event,
  initial,
  type Receipt,
  type State,
  step,
} from "../src/machine/ClientTask.ts"
import type { TaskCancelConfirm, TaskResult } from "../src/Message.ts"
import { everySequence, hold } from "./sequences.ts"

const about = { task: 1, attempt: 1, worker: "w" }
const result = (type: TaskResult["type"]): Event => ({
  _tag: "ResultArrived",
  result: { _tag: "TaskResult", ...about, type, payload: new Uint8Array(0), runMs: 0 },
})
const confirm = (type: TaskCancelConfirm["type"], how: TaskCancelConfirm["how"]): Event => ({
  _tag: "ConfirmArrived",
  confirm: { _tag: "TaskCancelConfirm", ...about, type, how, stopMs: 0 },
})

const alphabet: ReadonlyArray<Event> = [
  { _tag: "CancelAsked" },
  { _tag: "Started" },
  result("success"),
  result("failedWorkerDied"),
  confirm("canceled", "cooperative"),
  confirm("canceled", "workerLost"),
  confirm("cancelFailed", "unknown"),
  confirm("cancelNotFound", "unknown"),
  { _tag: "BoundPassed" },
  { _tag: "ConnectionGone" },
  { _tag: "ClientClosed" },
  { _tag: "Forgotten" },
]

const withAttaching: ReadonlyArray<Event> = [
  ...alphabet,
  { _tag: "DetachAsked" },
  {
    _tag: "AttachRefused",
    refusal: { _tag: "TaskAttachRefused", task: 1, type: "notFound", name: "" },
  },
]

/** What an observer of one future has seen. */
interface Seen {
  readonly state: State
  readonly closing: boolean
  readonly ends: number
  readonly waiters: number
  readonly bound: boolean
  readonly told: Receipt | undefined
}

const start: Seen = {
  state: initial,
  closing: false,
  ends: 0,
  waiters: 0,
  bound: false,
  told: undefined,
}

type Watch = (before: Seen, event: Event, commands: ReadonlyArray<Command>, after: Seen) => void

const observe = (before: Seen, event: Event, policy: CancelPolicy, watch: Watch): Seen => {
  const closing = before.closing || event._tag === "ClientClosed"
  const { state, commands } = step(before.state, event, { policy, closing })
  let { bound, ends, told, waiters } = before
  if (event._tag === "BoundPassed") bound = false
  for (const command of commands) {
    if (command._tag === "StartBound") bound = true
    if (command._tag === "StopBound") bound = false
    if (command._tag === "Wait") waiters++
    if (command._tag === "End") ends++
    if (command._tag === "Answer") {
      waiters = 0
      if (state._tag === "ended") told = command.receipt
    }
  }
  const after = { state, closing, ends, waiters, bound, told }
  watch(before, event, commands, after)
  return after
}

const has = (commands: ReadonlyArray<Command>, tag: Command["_tag"]): boolean =>
  commands.some(({ _tag }) => _tag === tag)

const watches: Readonly<Record<string, Watch>> = {
  "G1: a future ends at most once, and nothing leaves an end": (before, _, __, after) => {
    hold("one End", after.ends <= 1 && (after.ends === 1) === (after.state._tag === "ended"))
    hold("nothing leaves", before.state._tag !== "ended" || after.state === before.state)
  },
  "G8: nobody waits without a bound that runs, and no bound runs for nobody's cancel": (
    _,
    __,
    ___,
    { bound, state, waiters },
  ) => {
    hold("no waiter without a bound", waiters === 0 || bound)
    hold("the bound runs", bound === (state._tag === "cancelling" && state.bound === "running"))
  },
  "G8: a closing client has no future that is pending, once it has closed": (
    before,
    event,
    _,
    at,
  ) => {
    const closed = at.closing && (before.closing || event._tag === "ClientClosed")
    hold("not pending", !closed || at.state._tag !== "pending")
  },
  "G4: every cancel is answered, or waits for its answer": (
    { waiters },
    event,
    commands,
    after,
  ) => {
    if (event._tag !== "CancelAsked") return
    const waits = has(commands, "Wait") && after.waiters === waiters + 1
    hold("exactly one of the two", waits !== has(commands, "Reply"))
  },
  "G4: asking again gives the receipt that was given": (_, event, __, { state, told }) => {
    if (event._tag === "CancelAsked" && state._tag === "ended") {
      hold("the same receipt", state.receipt === told)
    }
  },
  "G4: a TaskCancel is sent only for a cancel whose bound starts": (before, _, commands, after) => {
    const sent = commands.filter(({ _tag }) => _tag === "SendCancel").length
    hold("no more than one", sent === (has(commands, "StartBound") ? 1 : 0))
    if (sent === 0) return
    hold("in cancelling", after.state._tag === "cancelling")
    hold("not while one is unanswered", before.state._tag === "pending" || !before.bound)
  },
  "G3: what ends a cancel is in the receipt": (before, event, commands, { state }) => {
    if (before.state._tag !== "cancelling" || state._tag !== "ended") return
    hold("a receipt", state.receipt !== undefined)
    const finished = state.receipt?._tag === "Finished"
    hold("Finished by a result", finished === (event._tag === "ResultArrived"))
    const end = commands.find((command) => command._tag === "End")
    hold("its result", !finished || (end?._tag === "End" && end.result !== undefined))
  },
  "what is ignored changes nothing and commands nothing": (before, _, commands, after) => {
    if (!has(commands, "Ignore")) return
    hold("alone", commands.length === 1 && after.state === before.state)
  },
}

const cancelWins: Watch = (before, event, _, { state }) => {
  if (before.state._tag !== "cancelling" || state._tag !== "ended") return
  const answered =
    event._tag === "ResultArrived" ||
    (event._tag === "ConfirmArrived" && event.confirm.type !== "cancelFailed")
  hold("cancelled", answered === (state.end === "cancelled"))
}

const resultWins: Watch = (before, event, _, { state }) => {
  if (before.state._tag !== "cancelling" || event._tag !== "ResultArrived") return
  hold("as the result says", state._tag === "ended" && state.end !== "cancelled")
}

/** How many sequences of up to so many events there are. */
const all = (events: number, length: number): number =>
  (events ** (length + 1) - events) / (events - 1)

const watched = (
  policy: CancelPolicy,
  more: Watch,
  events: ReadonlyArray<Event> = alphabet,
  length = 6,
): number =>
  everySequence(events, length, start, (seen, event) =>
    observe(seen, event, policy, (...at) => {
      for (const name in watches) {
        try {
          watches[name]?.(...at)
        } catch (error) {
          throw new Error(name, { cause: error })
        }
      }
      more(...at)
    }),
  )

describe("in every sequence of up to six events, and of up to five with detach and attach, a future keeps G1, G3, G4 and G8", () => {
  test("under cancel-wins: a confirm and a result both end a cancel as cancelled (G3)", () => {
    assert.equal(watched("cancel-wins", cancelWins), all(12, 6))
    assert.equal(watched("cancel-wins", cancelWins, withAttaching, 5), all(14, 5))
  })
  test("under result-wins: a result that races a cancel is kept", () => {
    assert.equal(watched("result-wins", resultWins), all(12, 6))
    assert.equal(watched("result-wins", resultWins, withAttaching, 5), all(14, 5))
  })
})
