import { move, type Move } from "@scaler-ts/protocol"
import assert from "node:assert/strict"
import { test } from "vitest"
import * as Stopping from "../src/Stopping.ts"

const asked = (isEmpty: boolean): Stopping.Event => ({ _tag: "StopAsked", boundMs: 7, isEmpty })
const emptied: Stopping.Event = { _tag: "Emptied" }
const passed: Stopping.Event = { _tag: "BoundPassed" }
const closeDoors: Stopping.Command = { _tag: "CloseDoors" }
const leave: Stopping.Command = { _tag: "Leave" }
const bound = (boundMs: number): Stopping.Command => ({ _tag: "StartBound", boundMs })

const moved = (
  state: Stopping.State,
  ...commands: ReadonlyArray<Stopping.Command>
): Move<Stopping.State, Stopping.Command> => move(state, ...commands)

const rows: ReadonlyArray<readonly [Stopping.State, Stopping.Event, ReturnType<typeof moved>]> = [
  ["open", asked(false), moved("finishing", closeDoors, bound(7))],
  ["open", asked(true), moved("stopped", closeDoors, leave)],
  ["open", emptied, moved("open")],
  ["open", passed, moved("open")],
  ["finishing", asked(false), moved("finishing", bound(7))],
  ["finishing", asked(true), moved("finishing", bound(7))],
  ["finishing", emptied, moved("stopped", { _tag: "StopBound" }, leave)],
  ["finishing", passed, moved("cancelling", bound(Stopping.answersMs), { _tag: "CancelAll" })],
  ["cancelling", asked(false), moved("cancelling")],
  ["cancelling", asked(true), moved("cancelling")],
  ["cancelling", emptied, moved("stopped", { _tag: "StopBound" }, leave)],
  ["cancelling", passed, moved("stopped", leave)],
  ["stopped", asked(false), moved("stopped")],
  ["stopped", asked(true), moved("stopped")],
  ["stopped", emptied, moved("stopped")],
  ["stopped", passed, moved("stopped")],
]

for (const [state, event, expected] of rows) {
  const empty = event._tag === "StopAsked" && event.isEmpty ? " with nothing to do" : ""
  test(`one that is ${state} and sees ${event._tag}${empty} becomes ${expected.state}`, () => {
    assert.deepEqual(Stopping.step(state, event), expected)
  })
}
