/** Claims that hold while nothing goes wrong, each refuted by one kind of fault alone. */
import { Future } from "@scaler-ts/future"
import { lineOf, type RaceBody, type RaceOptions } from "@scaler-ts/testkit"
import * as Effect from "effect/Effect"
import assert from "node:assert/strict"
import { describe, test } from "vitest"
import { readToken } from "../src/search/token.ts"
import { cancelled, explore, violated } from "./support/races.ts"

const neverUnconfirmed: RaceBody = function* ({ submit, job, never }) {
  const receipt = yield* Future.cancel(yield* submit(job("work")))
  never(receipt._tag === "Unconfirmed")
}

const slowToStop: RaceBody = function* ({ submit, job, never }) {
  const stubborn = job("work", { interruptible: false, ends: "never" })
  const receipt = yield* Future.cancel(yield* submit(stubborn))
  never(receipt._tag === "Unconfirmed")
}

const neverLostWorker: RaceBody = function* ({ submit, job, never }) {
  const receipt = yield* Future.cancel(yield* submit(job("work")))
  never(receipt._tag === "WorkerLost")
}

const neverLost: RaceBody = function* ({ submit, job, never }) {
  const outcome = yield* Future.outcome(yield* submit(job("work")))
  never(outcome._tag === "Lost")
}

const startedOnce: RaceBody = function* ({ submit, job, never }) {
  const work = job("work", { ends: "never" })
  yield* submit(work)
  yield* Effect.sleep("1 hour")
  never(work.started > 1)
}

const rows: ReadonlyArray<readonly [string, RaceBody, RaceOptions, ReadonlyArray<RegExp>]> = [
  [
    "a cut",
    neverLostWorker,
    { faults: { cut: { times: 1, nodes: ["worker-1"] } } },
    [/^cut worker-1#1$/],
  ],
  ["a crash", neverLostWorker, { faults: { crash: 1 } }, [/^crash worker-1#1$/]],
  [
    "a partition",
    neverLost,
    { faults: { partition: { times: 1, nodes: ["client"] } } },
    [/^partition .*client/, /^heal .*client/],
  ],
  ["a pause", neverUnconfirmed, { faults: { freeze: 1 } }, [/^freeze /]],
  ["a fast clock", slowToStop, { faults: { skew: 1 } }, [/^skew client#1$/]],
  [
    "a restart",
    startedOnce,
    { faults: { crash: 1, restart: 1 } },
    [/^crash worker-1#1$/, /^restart worker-1#1$/],
  ],
  ["a lost message", neverUnconfirmed, { profile: "datagram", faults: { drop: 1 } }, [/^drop /]],
  [
    "a message out of order",
    neverLost,
    { profile: "datagram", faults: { reorder: { times: 1, links: ["scheduler>client"] } } },
    [/^reorder scheduler>client#/],
  ],
]

const isFault = /^(cut|crash|restart|partition|heal|freeze|skew|full|drop|duplicate|reorder) /

describe("a claim that holds until something goes wrong is refuted, in a schedule with no more of it than needed, by", () => {
  for (const [name, body, options, expected] of rows) {
    test(name, async () => {
      assert.equal((await explore(body, { ...options, faults: {} }))._tag, "Verified")
      const { failure, token } = await violated(body, options)
      assert.equal(failure.guarantee, "never")
      const found = failure.steps.filter((id) => isFault.test(id))
      assert.equal(found.length, expected.length, found.join(", "))
      for (const [index, one] of expected.entries()) assert.match(found[index] ?? "", one)
      const again = await violated(body, { ...options, replay: token })
      assert.deepEqual(again.failure, failure)
    })
  }
})

describe("what survives is verified:", () => {
  test("doubled messages and full outboxes, which the sessions see to", async () => {
    const doubled = await explore(cancelled, { profile: "datagram", faults: { duplicate: 1 } })
    assert.equal(doubled._tag, "Verified")
    assert.equal((await explore(cancelled, { faults: { full: 1 } }))._tag, "Verified")
  })

  test("a worker that dies and comes back, with what it ran before counted as gone", async () => {
    const verdict = await explore(function* ({ submit, job, fork, world, always, sometimes }) {
      const work = job("work", { ends: "never" })
      yield* submit(work)
      yield* fork("saboteur", function* () {
        yield* world.crash("worker-1")
        yield* world.restart("worker-1")
      })
      yield* Effect.sleep("1 hour")
      always(work.running === 1 && work.stopped === work.started - 1)
      sometimes("it was started again", work.started === 2)
    })
    assert.equal(verdict._tag, "Verified")
  })

  test("a scheduler that dies and comes back without a memory", async () => {
    const crash = { times: 1, nodes: ["scheduler"] }
    const body: RaceBody = function* ({ submit, job }) {
      yield* Effect.exit(submit(job("work")))
    }
    const verdict = await explore(body, { faults: { crash, restart: 1 }, earlyTimers: 1 })
    assert.equal(verdict._tag, "Verified")
  })
})

describe("less is promised to", () => {
  test("a client that stands still while its bound passes: it is answered late", async () => {
    const verdict = await explore(
      function* ({ submit, job }) {
        yield* Future.cancel(yield* submit(job("work", { interruptible: false, ends: "never" })))
      },
      { cancelBoundMs: 1_000, faults: { freeze: { times: 1, nodes: ["client"] } } },
    )
    assert.equal(verdict._tag, "Verified")
  })

  test("a scheduler that never hears of an end: it counts on", async () => {
    const links = ["worker-1>scheduler"] as const
    const verdict = await explore(
      function* ({ submit, job }) {
        yield* submit(job("work"))
      },
      { profile: "datagram", faults: { drop: { times: 1, links } } },
    )
    assert.equal(verdict._tag, "Verified")
  })
})

describe("scripts", () => {
  test("part a node from the scheduler and heal it, and freeze and thaw it", async () => {
    const parted = await violated(function* ({ submit, job, world, never }) {
      yield* world.partition("scheduler>client")
      const future = yield* submit(job("work"))
      yield* Effect.sleep("1 hour")
      yield* world.heal("client")
      const outcome = yield* Future.outcome(future)
      never(outcome._tag === "Lost", "the client lost it")
    })
    assert.equal(parted.failure.what, "the client lost it")
    const frozen = await violated(function* ({ submit, job, world, never }) {
      yield* world.freeze("worker-1")
      const receipt = yield* Future.cancel(yield* submit(job("work")))
      yield* world.thaw("worker-1")
      never(receipt._tag === "Unconfirmed", "nobody answered")
    })
    assert.equal(frozen.failure.what, "nobody answered")
  })
})

describe("bounds", () => {
  test("are tried in order: as few faults as will do", async () => {
    const { failure } = await violated(neverLostWorker, {
      workers: 2,
      faults: { crash: 2, cut: { times: 1, nodes: ["worker-1"] } },
    })
    assert.equal(failure.steps.filter((id) => isFault.test(id)).length, 1)
  })

  test("may be larger than anything can use up", async () => {
    const faults = { full: 1e9 }
    for (const how of ["exhaustive", "sample"] as const) {
      const verdict = await explore(cancelled, { faults, explore: how, budgetMs: 300 })
      assert.equal(verdict._tag, "Sampled")
    }
  })

  test("are named in the verdict", async () => {
    const none = await explore(cancelled, { faults: { crash: 1, restart: 1 } })
    assert.match(lineOf("x", none), /within 1 client, 1 worker, 1 crash, 1 restart, no early timer/)
    if (none._tag !== "Verified") return
    const partly = { ...none, bounds: { ...none.bounds, faultsMax: 1 } }
    assert.match(lineOf("x", partly), /1 worker, at most 1 fault of crash, restart, no early timer/)
    const calm = { ...none, bounds: { ...none.bounds, faultsMax: 0 } }
    assert.match(lineOf("x", calm), /1 worker, no fault, no early timer/)
  })

  test("in random executions anything up to all of them happens, at any time", async () => {
    const options: RaceOptions = { explore: "sample", budgetMs: 500, workers: 2 }
    const faults = { crash: 2, restart: 1 }
    const seen = await explore(
      function* ({ submit, job, sometimes }) {
        const work = job("work", { ends: "at-once" })
        yield* Future.outcome(yield* submit(work)).pipe(Effect.timeoutOption("1 minute"))
        sometimes("it was run once", work.started === 1)
        sometimes("it was run twice", work.started === 2)
      },
      { ...options, faults },
    )
    assert.equal(seen._tag, "Sampled")
    const { failure, token } = await violated(neverLostWorker, { ...options, faults })
    assert.equal(failure.steps.filter((id) => isFault.test(id)).length, 1, failure.columns)
    assert.equal(readToken(token).faults, 1, "the token allows what its schedule uses")
    const again = await violated(neverLostWorker, { ...options, faults, replay: token })
    assert.deepEqual(again.failure, failure)
  })
})
