import { Future } from "@scaler-ts/future"
import type { RaceBody } from "@scaler-ts/testkit"
import assert from "node:assert/strict"
import { test } from "vitest"
import { explore, neverFinished, violated } from "./support/races.ts"

/** Takes a cancel for something that undoes what is done. */
const neverEnds: RaceBody = function* ({ submit, job, never }) {
  const work = job("work")
  const future = yield* submit(work)
  yield* Future.cancel(future)
  never(work.ended, "it was cancelled, and yet it ran to its end")
}

/** A second task has nothing to do with what is wrong. */
const bothBeaten: RaceBody = function* ({ submit, job, never }) {
  const work = job("work")
  const future = yield* submit(work)
  yield* submit(job("other"))
  const receipt = yield* Future.cancel(future)
  never(receipt._tag === "Finished", "the result was faster")
}

test("a failing race comes with an order that passes, which begins like it and replays", async () => {
  for (const [name, body] of Object.entries({ neverFinished, neverEnds })) {
    const { failure } = await violated(body, { name })
    const { neighbour } = failure
    assert.ok(neighbour !== undefined, name)
    const { shared, steps, token } = neighbour
    assert.deepEqual(steps.slice(0, shared), failure.steps.slice(0, shared))
    assert.notEqual(steps[shared], failure.steps[shared])
    assert.equal(neighbour.told.length, steps.length)
    assert.match(neighbour.columns, /✓ nothing is wrong$/)
    const again = await explore(body, { name, replay: token })
    assert.ok(again._tag === "Sampled" && again.replayed, JSON.stringify(again))
  }
})

test("it parts where it went wrong: the cancel comes before the end, not after it", async () => {
  const { neighbour, steps } = (await violated(neverEnds)).failure
  const at = neighbour?.shared ?? 0
  assert.equal(steps[at], "work on worker-1 #1 returns")
  assert.equal(neighbour?.steps[at], "client#2")
})

test("where every order fails there is no neighbour, and none where the order is not to blame", async () => {
  const always = await violated(function* ({ submit, job, never }) {
    yield* submit(job("work"))
    never(true)
  })
  assert.equal(always.failure.neighbour, undefined)
  let runs = 0
  const unsteady = await violated(
    function* ({ submit, job, never }) {
      yield* submit(job(`work ${runs++}`))
      never(false)
    },
    { selfCheckEvery: 1 },
  )
  assert.equal(unsteady.failure.guarantee, "determinism")
  assert.equal(unsteady.failure.neighbour, undefined)
})

test("an order in which something reached out of the world is no neighbour, though nobody saw the error", async () => {
  const { failure } = await violated(function* ({ submit, job, never }) {
    const receipt = yield* Future.cancel(yield* submit(job("work")))
    never(receipt._tag !== "Stopped")
    try {
      if (receipt._tag === "Stopped") Date.now()
    } catch {}
  })
  assert.equal(failure.guarantee, "never")
  assert.equal(failure.neighbour, undefined)
})

test("each step says who sent what arrived, and when", async () => {
  const { failure } = await violated(neverEnds)
  const at = (id: string): number => failure.steps.indexOf(id)
  const sent = failure.told.flatMap(({ id, from, sentAt }) =>
    from === undefined ? [] : [[id, sentAt]],
  )
  assert.deepEqual(sent, [
    ["client>scheduler#2", at("client#1")],
    ["scheduler>worker-1#2", at("client>scheduler#2")],
    ["worker-1>scheduler#2", at("scheduler>worker-1#2")],
    ["scheduler>client#2", at("worker-1>scheduler#2")],
    ["worker-1>scheduler#3", at("work on worker-1 #1 returns")],
    ["scheduler>client#3", at("worker-1>scheduler#3")],
  ])
  const { bounds } = await violated(neverEnds, { workers: 2 })
  const none = { slots: 1, prefetch: 0, earlyTimers: 0, faults: {}, faultsMax: 0 }
  assert.deepEqual(bounds, { clients: 1, workers: 2, ...none })
})

test("without shrinking it is told as it was found, and with no neighbour", async () => {
  const name = "as found"
  const found = await violated(bothBeaten, { name, shrink: false })
  const short = await violated(bothBeaten, { name })
  assert.equal(found.failure.guarantee, short.failure.guarantee)
  assert.equal(found.shrunkFrom, short.shrunkFrom)
  assert.ok(short.failure.steps.length < found.failure.steps.length)
  assert.equal(found.failure.neighbour, undefined)
  const again = await violated(bothBeaten, { name, shrink: false, replay: found.token })
  assert.deepEqual(again.failure, found.failure)
})
