import * as fc from "fast-check"
import assert from "node:assert/strict"
import { test } from "vitest"
import * as Watch from "../src/Watch.ts"

/** Runs a watch, and keeps what it told and which tasks it took. */
class Run {
  state: Watch.State
  readonly taken = new Set<number>()
  readonly told: Array<number> = []
  leftOut = 0
  cuts = 0
  last: number

  constructor(room: number, beganAt = 0) {
    this.last = beganAt
    this.state = Watch.begin(beganAt)
    this.apply({ _tag: "Asked", room })
  }

  apply(event: Watch.Event): ReadonlyArray<Watch.Command> {
    const { state, commands } = Watch.step(this.state, event)
    this.state = state
    return commands
  }

  submit(): number {
    const task = ++this.last
    for (const { _tag } of this.apply({ _tag: "Submitted", task })) {
      if (_tag === "Take") this.taken.add(task)
      else this.told.push(task)
    }
    return task
  }

  move(task: number): void {
    const isTaken = this.taken.has(task)
    const { last } = this
    this.told.push(...this.apply({ _tag: "Moved", task, isTaken, last }).map(() => task))
  }

  turn(): void {
    for (const command of this.apply({ _tag: "TurnOver" })) {
      assert.ok(command._tag === "TellLeftOut")
      this.leftOut += command.leftOut
      if (command.cut) this.cuts++
    }
  }
}

test("with room for all, all is told", () => {
  const run = new Run(1_000)
  for (let n = 0; n < 50; n++) run.move(run.submit())
  run.turn()
  assert.deepEqual([run.told.length, run.leftOut, run.state.room], [100, 0, 900])
})

test("when there is little room a share of the tasks is taken, spread evenly", () => {
  const run = new Run(4_096)
  for (let n = 0; n < 4_000; n++) run.submit()
  const { size } = run.taken
  assert.ok(size > 900 && size <= 1_023, `${size} were taken: a quarter of the room`)
  const late = [...run.taken].filter((task) => task > 2_000).length
  assert.ok(late > 20, `${late} of the later half were taken`)
  assert.equal(run.state.leftOut, 4_000 - size)
})

test("of a task that was taken all later moves are told, whatever is submitted meanwhile", () => {
  const run = new Run(64)
  const first = run.submit()
  for (let n = 0; n < 1_000; n++) run.submit()
  for (let n = 0; n < 3; n++) for (const task of run.taken) run.move(task)
  assert.equal(run.told.filter((task) => task === first).length, 4)
  assert.equal(run.told.length, 4 * run.taken.size)
  run.turn()
  assert.equal(run.cuts, 0)
})

test("of tasks that were not taken nothing is told, also when there is room again", () => {
  const run = new Run(8)
  while (run.taken.size === run.last) run.submit()
  const { last } = run
  run.apply({ _tag: "Asked", room: 1_000 })
  run.move(last)
  assert.equal(run.told.includes(last), false)
  assert.equal(run.state.leftOut, 2)
})

test("of tasks that were there before all moves from the beginning on are told", () => {
  const run = new Run(100, 7)
  run.move(3)
  assert.deepEqual(run.told, [3])
})

test("where there is no room for what was begun, it ends there for all of it, and is told", () => {
  const run = new Run(16)
  const task = run.submit()
  for (let n = 0; n < 20; n++) run.move(task)
  assert.equal(run.told.length, 15, "the last place is for saying what is missing")
  run.turn()
  assert.deepEqual([run.leftOut, run.cuts, run.state.room], [6, 1, 0])
  run.apply({ _tag: "Asked", room: 16 })
  run.move(task)
  assert.equal(run.told.length, 15, "it is cut off")
  run.move(run.submit())
  assert.equal(run.told.length, 17)
})

test("without room nothing is told, and what was left out is told when there is some", () => {
  const run = new Run(1)
  run.submit()
  run.turn()
  assert.deepEqual([run.told, run.leftOut, run.state.room], [[], 1, 0])
  run.submit()
  run.turn()
  assert.equal(run.leftOut, 1)
  run.apply({ _tag: "Asked", room: 1 })
  run.turn()
  assert.equal(run.leftOut, 2)
})

test("nobody is told more than there is room for, nor asks for more than the limit", () => {
  const run = new Run(1_000_000)
  assert.equal(run.state.room, Watch.roomLimit)
  run.apply({ _tag: "Asked", room: 1_000_000 })
  assert.equal(run.state.room, Watch.roomLimit)
})

test("whatever happens: no more messages than room, every move told or counted, no gap in what is told", () => {
  const step = fc.record({ kind: fc.nat(9), which: fc.nat(1_000) })
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 200 }),
      fc.array(step, { maxLength: 400 }),
      (room, steps) => {
        const run = new Run(room, 2)
        let asked = room
        let moves = 0
        let said = 0
        const cut = new Set<number>()
        for (const { kind, which } of steps) {
          const before = run.told.length
          if (kind <= 2) run.submit()
          else if (kind <= 7) run.move(1 + (which % Math.max(1, run.last)))
          else if (kind === 8) run.turn()
          else
            asked += run.apply({ _tag: "Asked", room: which % 20 }) === undefined ? 0 : which % 20
          if (kind <= 7) {
            moves++
            const task = kind <= 2 ? run.last : 1 + (which % Math.max(1, run.last))
            if (run.told.length === before) cut.add(task)
            else assert.equal(cut.has(task), false, "told again after a gap")
          }
          said = asked - run.state.room
          assert.ok(run.state.room >= 0)
        }
        assert.ok(run.told.length <= said)
        assert.equal(run.told.length + run.leftOut + run.state.leftOut, moves)
      },
    ),
    { seed: 3, numRuns: 300 },
  )
})
