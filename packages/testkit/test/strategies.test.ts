import { classOf } from "@scaler-ts/testkit/search"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import assert from "node:assert/strict"
import { test } from "vitest"
import { drive } from "../src/search/drive.ts"
import { Portfolio } from "../src/search/strategies.ts"
import type { Happening, System } from "../src/search/System.ts"
import { bothCancelled, explore } from "./support/races.ts"
import { Toy } from "./support/toy.ts"

const drawOf = (seed: string): (() => number) => {
  const random = Effect.runSync(Random.withSeed(Effect.service(Random.Random), seed))
  return () => random.nextDoubleUnsafe()
}

/** What so many executions of each strategy came to. */
const sample = <H extends Happening, T>(
  seed: string,
  make: () => System<H>,
  executions: number,
  noteOf: (system: System<H>, steps: ReturnType<typeof drive>["steps"]) => T,
): ReadonlyMap<string, ReadonlyArray<T>> => {
  const portfolio = new Portfolio<H>(drawOf(seed), {
    placeOf: (one) => ("node" in one ? String(one.node) : "here"),
    processOf: ({ id }) => id.replace(/#.*$/, "").replace(/\.\d+$/, ""),
  })
  const notes = new Map<string, Array<T>>(portfolio.names.map((name) => [name, []]))
  for (let execution = 0; execution < executions * portfolio.names.length; execution++) {
    const { name, choose } = portfolio.next()
    const system = make()
    notes.get(name)?.push(noteOf(system, drive(system, choose).steps))
  }
  return notes
}

const toy = (): Toy => new Toy({ tasks: 2, workers: 2 })

test("each strategy gets its turn, and sees orders that are different", () => {
  const classes = sample("seed", toy, 500, (_, steps) => classOf(steps))
  assert.deepEqual([...classes.keys()], ["random walk", "POS", "PCT(3)", "PCT(5)"])
  const different = [...classes.values()].map((seen) => new Set(seen).size)
  const [walk = 0, pos = 0, pct3 = 0, pct5 = 0] = different
  // Of the 203 there are; to see many different ones is what POS is for.
  assert.ok(pos > Math.max(walk, pct3, pct5) && walk > pct3 && pct5 > pct3, different.join())
})

test("the same seed draws the same executions, and another one others", () => {
  const runs = (seed: string): string =>
    JSON.stringify([...sample(seed, toy, 20, (_, steps) => steps.map(({ id }) => id))])
  assert.equal(runs("a"), runs("a"))
  assert.notEqual(runs("a"), runs("b"))
})

/** Two threads of so many steps each, at one place. */
const threads = (one: number, other: number): System => {
  const left = { one, other }
  return {
    enabled: () =>
      (["one", "other"] as const).flatMap((name) =>
        left[name] > 0 ? [{ id: `${name}.${left[name]}` }] : [],
      ),
    apply: ({ id }) => {
      left[id.startsWith("one") ? "one" : "other"]--
      return { acts: 1, sees: 0, causes: [], isLast: false }
    },
  }
}

test("PCT finds what the others hardly ever do: one thread stopped for as long as another runs", () => {
  const stopped = sample(
    "seed",
    () => threads(30, 20),
    200,
    (_, steps) => /one(,other){20},one/.test(steps.map(({ id }) => id.replace(/\..*/, "")).join()),
  )
  const found = [...stopped.values()].map((times) => times.filter(Boolean).length)
  const [walk = 0, pos = 0, pct3 = 0, pct5 = 0] = found
  assert.deepEqual([walk, pos], [0, 0], found.join())
  assert.ok(pct3 > 20 && pct5 > 5, found.join())
})

test("a sampled verdict says what drew its executions, and what each was the first to see", async () => {
  const verdict = await explore(bothCancelled, { workers: 2, explore: "sample", budgetMs: 400 })
  assert.ok(verdict._tag === "Sampled")
  const executions = verdict.strategies.reduce((sum, { executions: drawn }) => sum + drawn, 0)
  const seen = verdict.strategies.reduce((sum, { firstSeen }) => sum + firstSeen, 0)
  assert.equal(executions, verdict.stats.executions)
  assert.equal(seen, verdict.classes)
  assert.ok(verdict.estimate >= verdict.classes)
})

/** Ten steps, beside which something may go wrong, once. */
const fragile = (): System => {
  let left = 10
  let faults = 1
  return {
    enabled: () =>
      left === 0
        ? []
        : [
            { id: `step ${left}` },
            ...["a", "b", "c"].slice(0, 3 * faults).map((id) => ({ id: `fault ${id}` })),
          ],
    apply: ({ id }) => {
      if (id.startsWith("step")) left--
      else faults--
      return { acts: 1, sees: 0, causes: [], isLast: false }
    },
  }
}

test("something goes wrong in about half of the executions, at the end as often as at the start", () => {
  const portfolio = new Portfolio<Happening>(
    drawOf("seed"),
    { placeOf: () => "here", processOf: () => "it", isFault: ({ id }) => id.startsWith("fault") },
    1,
  )
  const times = Array.from({ length: 2_000 }, () => {
    const { steps } = drive(fragile(), portfolio.next().choose)
    return steps.findIndex(({ id }) => id.startsWith("fault"))
  })
  const at = (from: number, to: number): number =>
    times.filter((time) => time >= from && time < to).length
  assert.ok(at(-1, 0) > 700 && at(-1, 0) < 1_300, `${at(-1, 0)} without a fault`)
  assert.ok(at(0, 5) > 350 && at(5, 10) > 350, `${at(0, 5)} early, ${at(5, 10)} late`)
})
