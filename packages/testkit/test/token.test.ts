import { Future } from "@scaler-ts/future"
import { lineOf, type RaceBody } from "@scaler-ts/testkit"
import * as fc from "fast-check"
import assert from "node:assert/strict"
import { describe, test } from "vitest"
import type { Driven } from "../src/search/drive.ts"
import { readToken, replaying, TokenRefused, tokenOf } from "../src/search/token.ts"
import { cancelled, explore, neverFinished, violated } from "./support/races.ts"

type Choices = ReadonlyArray<readonly [number, ReadonlyArray<string>]>

/** The token of all steps of an execution. */
const tokenFor = (race: number, earlyTimers: number, faults: number, choices: Choices): string =>
  tokenOf(race, { earlyTimers, faults }, driven(choices), choices.length)

const driven = (choices: Choices): Driven => ({
  steps: [],
  choices: choices.map(([place]) => place),
  enabled: choices.map(([, ids]) => ids),
})

const idsOf = (count: number): ReadonlyArray<string> =>
  Array.from({ length: count }, (_, index) => `client>scheduler#${index}`)

test("a token gives back every choice, whatever was chosen", () => {
  const choice = fc
    .integer({ min: 1, max: 300 })
    .chain((count) => fc.tuple(fc.integer({ min: 0, max: count - 1 }), fc.constant(idsOf(count))))
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 0xffff }),
      fc.integer({ min: 0, max: 1000 }),
      fc.integer({ min: 0, max: 1000 }),
      fc.array(choice, { maxLength: 60 }),
      (race, earlyTimers, faults, choices) => {
        const read = readToken(tokenFor(race, earlyTimers, faults, choices))
        assert.equal(read.race, race)
        assert.equal(read.earlyTimers, earlyTimers)
        assert.equal(read.faults, faults)
        const choose = replaying(read)
        for (const [step, [place, ids]] of choices.entries()) {
          if (ids.length === 1) continue
          assert.equal(
            choose(
              ids.map((id) => ({ id })),
              step,
            ),
            place,
          )
        }
      },
    ),
    { seed: 20261124, numRuns: 500 },
  )
})

test("steps with one possibility cost nothing, and neither does choosing the first at the end", () => {
  const short = tokenFor(1, 0, 0, [[1, idsOf(2)]])
  const long = tokenFor(1, 0, 0, [
    [0, idsOf(1)],
    [1, idsOf(2)],
    [0, idsOf(1)],
    [0, idsOf(7)],
    [0, idsOf(3)],
  ])
  assert.equal(long.length, short.length)
  assert.ok(short.length <= 16, short)
})

describe("refused with a sentence:", () => {
  const refused = (text: string, sentence: RegExp): void =>
    assert.throws(
      () => readToken(text),
      (error) => error instanceof TokenRefused && sentence.test(error.message),
    )

  test("what is no token", () => {
    refused("hello", /"hello" is no token of a race: those begin with st2-/)
    refused("", /is no token/)
    refused("st1-AAAA", /is no token/)
  })

  test("a token that was cut off or damaged", () => {
    refused("st2-", /has been cut off; copy all of it/)
    refused("st2-AAAAAQ", /has been cut off; copy all of it/)
    refused("st2-AAAAAAEAAAE", /has been cut off; copy all of it/)
    refused("st2-%%%%", /is damaged; copy all of it/)
    refused("st2-AACAgICAgAAAAA", /is damaged; copy all of it/)
  })

  test("no text at all makes anything but a TokenRefused", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          readToken(`st2-${text}`)
        } catch (error) {
          assert.ok(error instanceof TokenRefused)
        }
      }),
      { seed: 20261124, numRuns: 2_000 },
    )
  })

  test("the token of another race, or of the same one with other bounds", async () => {
    const { token } = await violated(neverFinished, { name: "one" })
    await assert.rejects(explore(neverFinished, { name: "two", replay: token }), /another race/)
    await assert.rejects(
      explore(neverFinished, { name: "one", workers: 2, replay: token }),
      /another race, or to this one under another name or with other bounds/,
    )
  })

  test("a token from before the race changed, by the step at which it differs", async () => {
    const { token } = await violated(neverFinished)
    await assert.rejects(
      explore(
        function* ({ submit, job }) {
          yield* submit(job("work"))
          yield* submit(job("more"))
        },
        { replay: token },
      ),
      /the race has changed since this token was made: at step \d+ something else can happen/,
    )
    const mended = await explore(cancelled, { replay: token })
    assert.match(
      lineOf("mended", mended),
      /^~ mended: replayed, and it does not fail any more; run it/,
    )
  })

  test("a token without a single choice, by what can happen at its steps", async () => {
    const { token } = await violated(function* ({ submit, job, never }) {
      yield* submit(job("work"))
      never(true)
    })
    const other: RaceBody = function* ({ submit, job }) {
      yield* Future.cancel(yield* submit(job("other")))
    }
    await assert.rejects(
      explore(function* () {}, { replay: token }),
      /the race has changed/,
    )
    assert.equal(
      (await explore(other, { replay: token }))._tag,
      "Sampled",
      "its one step is the same",
    )
    await assert.rejects(explore(other, { policy: "result-wins", replay: token }), /another race/)
  })
})
