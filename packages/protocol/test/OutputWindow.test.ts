import * as fc from "fast-check"
import assert from "node:assert/strict"
import { describe, test } from "vitest"
import { OutputWindow } from "../src/index.ts"

type State = OutputWindow.State
type Event = OutputWindow.Event
type Command = OutputWindow.Command

const { initial, keptMax, noticeBytes, step, windowMax } = OutputWindow

const line = (bytes: number): Event => ({ _tag: "LineCame", bytes })
const taken = (lines: number, bytes: number): Event => ({ _tag: "Taken", lines, bytes })
const keptSent = (bytes: number): Event => ({ _tag: "KeptSent", bytes })
const full: State = { ...initial, out: { lines: 256, bytes: 2_560 }, held: true }
const keeping: State = { ...full, kept: { lines: 2, bytes: 20 } }
const leaving: State = { ...full, kept: { lines: 256, bytes: 2_560 }, leftOut: 3 }

/** Command names, with the count of those that have one. */
const said = (commands: ReadonlyArray<Command>): string =>
  commands
    .map((command) => ("count" in command ? `${command._tag} ${command.count}` : command._tag))
    .join(", ")

const cases: ReadonlyArray<readonly [what: string, State, Event, Partial<State>, string]> = [
  ["a line is sent while there is room", initial, line(9), { out: { lines: 1, bytes: 9 } }, "Send"],
  [
    "the line that fills the window holds the output",
    { ...initial, out: { lines: 255, bytes: 2_550 } },
    line(10),
    { out: { lines: 256, bytes: 2_560 }, held: true },
    "Send, Hold",
  ],
  [
    "so does one that fills it by its bytes, and is longer than it",
    initial,
    line(100_000),
    { out: { lines: 1, bytes: 100_000 }, held: true },
    "Send, Hold",
  ],
  ["beyond the window a line is kept", full, line(7), { kept: { lines: 1, bytes: 7 } }, "Keep"],
  [
    "what is kept is not overtaken",
    { ...keeping, out: { lines: 1, bytes: 9 } },
    line(7),
    { kept: { lines: 3, bytes: 27 } },
    "Keep",
  ],
  ["what cannot be kept is left out", leaving, line(7), { leftOut: 4 }, ""],
  [
    "the first line that can be kept again comes behind a notice of those that are missing",
    { ...leaving, kept: { lines: 200, bytes: 2_000 } },
    line(7),
    { kept: { lines: 202, bytes: 2_007 + noticeBytes }, leftOut: 0 },
    "KeepNotice 3, Keep",
  ],
  [
    "credit lets the oldest go that is kept",
    keeping,
    taken(2, 20),
    { out: { lines: 254, bytes: 2_540 } },
    "SendKept",
  ],
  [
    "and then the next, while there is room",
    { ...keeping, out: { lines: 254, bytes: 2_540 } },
    keptSent(10),
    { out: { lines: 255, bytes: 2_550 }, kept: { lines: 1, bytes: 10 } },
    "SendKept",
  ],
  [
    "until it is full again",
    { ...keeping, out: { lines: 255, bytes: 2_550 } },
    keptSent(10),
    { out: { lines: 256, bytes: 2_560 }, kept: { lines: 1, bytes: 10 } },
    "",
  ],
  [
    "credit releases the output once nothing is kept",
    full,
    taken(1, 10),
    { out: { lines: 255, bytes: 2_550 }, held: false },
    "Release",
  ],
  [
    "a notice goes when nothing is kept in front of it",
    { ...full, leftOut: 2 },
    taken(128, 1_280),
    { out: { lines: 129, bytes: 1_280 + noticeBytes }, leftOut: 0, held: false },
    "SendNotice 2, Release",
  ],
  [
    "a notice that fills the window releases nothing",
    { ...full, leftOut: 2 },
    taken(1, 10),
    { out: { lines: 256, bytes: 2_550 + noticeBytes }, leftOut: 0 },
    "SendNotice 2",
  ],
  ["credit for more lines than are out is nobody's (G9)", full, taken(257, 1), {}, "Ignore"],
  ["credit for more bytes than are out is nobody's (G9)", full, taken(1, 2_561), {}, "Ignore"],
  ["credit for no line is nobody's (G9)", full, taken(0, 0), {}, "Ignore"],
  ["credit for less than none is nobody's (G9)", full, taken(-1, 0), {}, "Ignore"],
  ["credit for half a line is nobody's (G9)", full, taken(0.5, 0), {}, "Ignore"],
  ["what is to stop is released (G10)", keeping, { _tag: "StopAsked" }, { held: false, stopping: true }, "Release"], // oxfmt-ignore
  ["what is not held needs no release", initial, { _tag: "StopAsked" }, { stopping: true }, ""],
  [
    "what is to stop is held no more, and what it says is kept while that fits",
    { ...initial, stopping: true, out: { lines: 255, bytes: 2_550 } },
    line(10),
    { out: { lines: 256, bytes: 2_560 } },
    "Send",
  ],
  [
    "at the end all that is kept goes, beyond the window (G10)",
    keeping,
    { _tag: "Ended" },
    { ...initial },
    "SendRest, Release",
  ],
  [
    "and a notice of what is missing behind it",
    { ...leaving, stopping: true, held: false },
    { _tag: "Ended" },
    { ...initial, stopping: true },
    "SendRest, SendNotice 3",
  ],
]

describe("what an attempt says", () => {
  for (const [what, given, event, change, commands] of cases) {
    test(what, () => {
      const moved = step(given, event)
      assert.deepEqual([moved.state, said(moved.commands)], [{ ...given, ...change }, commands])
    })
  }

  test("bytes are those of UTF-8", () => {
    assert.deepEqual(["", "abc", "ü", "\ud83c"].map(OutputWindow.bytesOf), [0, 3, 2, 3])
  })
})

/** Carries commands out as a shell does, on lines that are numbers; a notice is a negative count. */
class Model {
  state = initial
  readonly sent: Array<number> = []
  private readonly out: Array<number> = []
  private kept: Array<readonly [line: number, bytes: number]> = []
  came = 0

  say(bytes: number): void {
    this.apply(line(bytes), [++this.came, bytes])
  }

  take(lines: number): void {
    const bytes = this.out.slice(0, lines).reduce((sum, one) => sum + one, 0)
    const before = this.state
    this.apply(taken(lines, bytes))
    if (this.state !== before) this.out.splice(0, lines)
  }

  apply(event: Event, own?: readonly [number, number]): void {
    const { state, commands } = step(this.state, event)
    this.state = state
    for (const command of commands) this.carryOut(command, own)
  }

  private carryOut(command: Command, own: readonly [number, number] = [0, 0]): void {
    switch (command._tag) {
      case "Send":
        return this.send(own)
      case "Keep":
        return void this.kept.push(own)
      case "KeepNotice":
        return void this.kept.push([-command.count, noticeBytes])
      case "SendKept": {
        const [oldest] = this.kept.splice(0, 1)
        assert.ok(oldest !== undefined)
        this.send(oldest)
        return this.apply(keptSent(oldest[1]))
      }
      case "SendNotice":
        return this.send([-command.count, noticeBytes])
      case "SendRest":
        for (const rest of this.kept.splice(0)) this.send(rest)
        return
      case "Hold":
      case "Release":
      case "Ignore":
    }
  }

  private send([sent, bytes]: readonly [number, number]): void {
    this.sent.push(sent)
    this.out.push(bytes)
  }
}

const operation = fc.oneof(
  { weight: 8, arbitrary: fc.record({ say: fc.integer({ min: 0, max: 3_000 }) }) },
  { weight: 1, arbitrary: fc.record({ flood: fc.integer({ min: 1, max: 700 }) }) },
  { weight: 3, arbitrary: fc.record({ take: fc.integer({ min: -1, max: 300 }) }) },
  { weight: 1, arbitrary: fc.record({ stop: fc.constant(true) }) },
)

test("whatever happens, every line is sent or told as missing in its place, and never too many (G10)", () => {
  const property = fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
    const model = new Model()
    for (const one of operations) {
      if ("say" in one) model.say(one.say)
      else if ("take" in one) model.take(one.take)
      else if ("stop" in one) model.apply({ _tag: "StopAsked" })
      else for (let n = 0; n < one.flood; n++) model.say(1)
      const { out, kept, held, stopping } = model.state
      assert.ok(out.lines <= windowMax.lines && out.bytes < windowMax.bytes + 3_000)
      assert.ok(kept.lines <= keptMax.lines + 1 && kept.bytes < keptMax.bytes + 3_100)
      assert.ok(!(held && stopping))
    }
    model.apply({ _tag: "Ended" })
    let next = 1
    for (const sent of model.sent) {
      assert.ok(sent < 0 || sent === next)
      next += sent < 0 ? -sent : 1
    }
    assert.equal(next, model.came + 1)
  })
  fc.assert(property, { numRuns: 500 })
})
