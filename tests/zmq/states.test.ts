// Whoever is killed or stopped, and whatever state a task is in by then: its future ends, and how it was begun is no secret.
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { cells, roles, states, ways } from "./cells.ts"
import { Play } from "./Play.ts"

let play: Play
beforeAll(async () => {
  play = await Play.open()
  await play.perform()
})
afterAll(() => play[Symbol.asyncDispose]())

const all = roles.flatMap((role) => ways.map((way) => [role, way] as const))

describe.each(all)("a %s that is %s", (role, way) => {
  it.each(states)("while a task is %s", (state) => {
    const scene = play.scenes.find((one) => one.role === role && one.way === way)
    assert.include(cells[role][way][state], scene?.outcomeOf(state))
  })
})

it("nothing ran twice at once, no receipt lied, and nothing runs on", () => {
  assert.deepStrictEqual(play.wrong, [])
})
