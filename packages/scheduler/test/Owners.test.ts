import assert from "node:assert/strict"
import { describe, test } from "vitest"
import * as Owners from "../src/Owners.ts"

const alphabet: ReadonlyArray<Owners.Event["_tag"]> = [
  "DetachAsked",
  "Attached",
  "GuestLost",
  "SubmitterLost",
]

/** What is right, said in another way: who is there, and whether somebody ever detached it. */
interface Model {
  readonly state: Owners.State
  readonly there: ReadonlyArray<"submitter" | "guest">
  readonly detached: boolean
}

const start: Model = { state: Owners.alone, there: ["submitter"], detached: false }

const next = ({ state, there, detached }: Model, _tag: Owners.Event["_tag"]): Model => {
  const moved = Owners.step(state, { _tag })
  const gone = _tag === "GuestLost" ? "guest" : _tag === "SubmitterLost" ? "submitter" : undefined
  const place = gone === undefined ? -1 : there.indexOf(gone)
  const left = there.filter((_, index) => index !== place)
  const now: Model["there"] = _tag === "Attached" ? [...left, "guest"] : left
  const isDetached = detached || _tag === "DetachAsked"
  const isLast = there.length > 0 && now.length === 0
  assert.equal(moved.commands.length, isLast && !isDetached ? 1 : 0, "told when the last one goes")
  if (gone !== undefined && place < 0) assert.equal(moved.state, state, "nobody's changes nothing")
  assert.deepEqual(moved.state, {
    submitter: now.includes("submitter"),
    detached: isDetached,
    guests: now.filter((one) => one === "guest").length,
  })
  assert.equal(Owners.isOwned(moved.state), now.length > 0)
  return { state: moved.state, there: now, detached: isDetached }
}

describe("who has a task", () => {
  test("in every sequence of up to seven events it is lost exactly when the last one goes (G9)", () => {
    let count = 0
    const walk = (model: Model, left: number): void => {
      if (left === 0) return
      for (const event of alphabet) {
        count++
        walk(next(model, event), left - 1)
      }
    }
    walk(start, 7)
    assert.equal(count, (4 ** 8 - 4) / 3)
  })
})
