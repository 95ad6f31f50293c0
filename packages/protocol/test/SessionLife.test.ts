import { move, type Move, SessionLife } from "@scaler-ts/protocol"
import assert from "node:assert/strict"
import { describe, test } from "vitest"

type Row = readonly [
  SessionLife.State,
  SessionLife.Event,
  Move<SessionLife.State, SessionLife.Command>,
]

const { open } = SessionLife
const ended: SessionLife.State = { _tag: "ended" }
const why = { reason: "reset" }
/** A connection that was made at the third try, and has brought nothing. */
const unsteady: SessionLife.State = { _tag: "open", tries: 3 }
const broken = (tries: number): SessionLife.State => ({ _tag: "broken", tries, ...why })
const resuming = (tries: number): SessionLife.State => ({ _tag: "resuming", tries, ...why })

const breaks = (canResume: boolean): SessionLife.Event => ({ _tag: "Broke", ...why, canResume })
const refused: SessionLife.Event = { _tag: "Refused", reason: "unknown" }
const pauseOver: SessionLife.Event = { _tag: "PauseOver" }
const heard: SessionLife.Event = { _tag: "Heard" }
const progressed: SessionLife.Event = { _tag: "Progressed" }
const passed: SessionLife.Event = { _tag: "BoundPassed" }
const closed: SessionLife.Event = { _tag: "Closed" }

const suspend: SessionLife.Command = { _tag: "Suspend" }
const startBound: SessionLife.Command = { _tag: "StartBound" }
const stopTimers: SessionLife.Command = { _tag: "StopTimers" }
const sayHelloAgain: SessionLife.Command = { _tag: "SayHelloAgain" }
const resume: SessionLife.Command = { _tag: "Resume" }
const end: SessionLife.Command = { _tag: "End" }
const disconnect: SessionLife.Command = { _tag: "Disconnect" }
const lose = (reason: string): SessionLife.Command => ({ _tag: "Lose", reason })
const pause = (tries: number): SessionLife.Command => ({ _tag: "Pause", tries })
const close = (acknowledged: boolean): SessionLife.Command => ({ _tag: "Close", acknowledged })
const late = "reset; it could not be resumed in time"

const to = (state: SessionLife.State, ...commands: ReadonlyArray<SessionLife.Command>): Row[2] =>
  move(state, ...commands)

const rows: ReadonlyArray<Row> = [
  [open, breaks(true), to(broken(0), suspend, startBound, pause(0))],
  [open, breaks(false), to(ended, end, lose("reset"))],
  [open, pauseOver, to(open)],
  [open, heard, to(open)],
  [open, passed, to(open)],
  [open, refused, to(ended, close(false), lose("unknown"))],
  [open, closed, to(ended, close(true))],
  [open, progressed, to(open)],
  [unsteady, breaks(true), to(broken(3), suspend, startBound, pause(3))],
  [unsteady, progressed, to(open)],
  [unsteady, heard, to(unsteady)],
  [broken(1), breaks(true), to(broken(1))],
  [broken(1), progressed, to(broken(1))],
  [broken(1), pauseOver, to(resuming(2), sayHelloAgain)],
  [broken(1), heard, to(broken(1))],
  [broken(1), passed, to(ended, stopTimers, end, lose(late))],
  [broken(1), refused, to(ended, stopTimers, end, lose("reset; unknown"))],
  [broken(1), closed, to(ended, stopTimers, end)],
  [resuming(2), breaks(true), to(broken(2), pause(2))],
  [resuming(2), pauseOver, to(broken(2), disconnect, pause(2))],
  [resuming(2), progressed, to(resuming(2))],
  [resuming(2), heard, to({ _tag: "open", tries: 2 }, stopTimers, resume)],
  [resuming(2), passed, to(ended, stopTimers, end, disconnect, lose(late))],
  [resuming(2), refused, to(ended, stopTimers, end, disconnect, lose("reset; unknown"))],
  [resuming(2), closed, to(ended, stopTimers, end, disconnect)],
  ...[breaks(true), pauseOver, heard, progressed, passed, refused, closed].map((event): Row => [
    ended,
    event,
    to(ended),
  ]),
]

describe("a session that is", () => {
  for (const [state, event, expected] of rows) {
    test(`${state._tag}: ${event._tag} leads to ${expected.state._tag}`, () => {
      assert.deepEqual(SessionLife.step(state, event), expected)
    })
  }
})

test("the first try comes at once, the others later and later, and never all at the same moment", () => {
  assert.equal(SessionLife.pauseMs(0, 0.9), 0)
  assert.deepEqual(
    [1, 2, 3, 7, 8, 100].map((tries) => SessionLife.pauseMs(tries, 1)),
    [100, 200, 400, 5_000, 5_000, 5_000],
  )
  assert.deepEqual(
    [0, 0.5, 1].map((chance) => SessionLife.pauseMs(1, chance)),
    [50, 75, 100],
  )
})
