import assert from "node:assert/strict"
import { describe, test } from "vitest"
import * as Owners from "../src/Owners.ts"

interface Guest {
  readonly client: object
  readonly number: number
}

const submitter = { name: "submitter" }
const other = { name: "other" }

type Event = Owners.Event<Guest>

const lost = (client: object): Event => ({
  _tag: "ClientLost",
  client,
  isSubmitter: client === submitter,
})

const alphabet: ReadonlyArray<Event> = [
  { _tag: "DetachAsked" },
  { _tag: "Attached", guest: { client: submitter, number: 2 } },
  { _tag: "Attached", guest: { client: other, number: 1 } },
  lost(submitter),
  lost(other),
]

/** What is right, said in another way: who is there, and whether somebody ever detached it. */
interface Model {
  readonly state: Owners.State<Guest>
  readonly there: ReadonlySet<object>
  readonly detached: boolean
  readonly guests: number
}

const start: Model = {
  state: Owners.alone,
  there: new Set([submitter]),
  detached: false,
  guests: 0,
}

const next = ({ state, there, detached }: Model, event: Event): Model => {
  const moved = Owners.step(state, event)
  const now = new Set(there)
  if (event._tag === "Attached") now.add(event.guest.client)
  if (event._tag === "ClientLost") now.delete(event.client)
  const isDetached = detached || event._tag === "DetachAsked"
  const isLast = event._tag === "ClientLost" && there.has(event.client) && now.size === 0
  assert.equal(moved.commands.length, isLast && !isDetached ? 1 : 0, "told when the last one goes")
  assert.equal(moved.state.detached, isDetached)
  const has = new Set<object>(moved.state.guests.map(({ client }) => client))
  if (moved.state.submitter) has.add(submitter)
  assert.deepEqual(has, now, "exactly those who are there")
  return { state: moved.state, there: now, detached: isDetached, guests: has.size }
}

describe("who has a task", () => {
  test("in every sequence of up to six events it is lost exactly when the last one goes (G9)", () => {
    let count = 0
    const walk = (model: Model, left: number): void => {
      if (left === 0) return
      for (const event of alphabet) {
        count++
        walk(next(model, event), left - 1)
      }
    }
    walk(start, 6)
    assert.equal(count, (5 ** 7 - 5) / 4)
  })

  test("a client that is nobody's changes nothing", () => {
    const { state, commands } = Owners.step<Guest>(Owners.alone, lost(other))
    assert.equal(state, Owners.alone)
    assert.deepEqual(commands, [])
  })

  test("guests are kept in the order in which they came", () => {
    const guests = [1, 2, 3].map((number) => ({ client: other, number }))
    const state = guests.reduce<Owners.State<Guest>>(
      (before, guest) => Owners.step(before, { _tag: "Attached", guest }).state,
      Owners.alone,
    )
    assert.deepEqual(state.guests, guests)
  })
})
