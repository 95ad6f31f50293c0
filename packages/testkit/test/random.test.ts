/** The search against every order there is, over programs nobody thought of. */
import { classOf, type Reduction, Search, type System } from "@scaler-ts/testkit/search"
import * as fc from "fast-check"
import assert from "node:assert/strict"
import { test } from "vitest"
import { seedOf } from "../../protocol/test/seed.ts"

/** A step of a thread: what it looks at, what it changes, and whether it has another fate, or waits for quiet. */
interface Op {
  readonly reads: number
  readonly writes: number
  /** It may also come to nothing, which is decided when it happens: two fates of one step. */
  readonly mayFail: boolean
  /** It happens only when no thread can do anything else. */
  readonly isLast: boolean
  /** Ends another thread before its next step. */
  readonly stops: number | undefined
}

type Program = ReadonlyArray<ReadonlyArray<Op>>

const variables = 3

const op: fc.Arbitrary<Op> = fc.record({
  reads: fc.integer({ min: 0, max: (1 << variables) - 1 }),
  writes: fc.integer({ min: 0, max: (1 << variables) - 1 }),
  mayFail: fc.boolean(),
  isLast: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
  stops: fc.integer({ min: 0, max: 9 }).map((n) => (n < 3 ? n : undefined)),
})

const programs: fc.Arbitrary<Program> = fc.oneof(
  fc.array(fc.array(op, { minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 2 }),
  fc.array(fc.array(op, { minLength: 1, maxLength: 2 }), { minLength: 3, maxLength: 3 }),
)

interface Step {
  readonly id: string
  readonly thread: number
  readonly fails: boolean
}

/** Threads run: a thread's own state is a place, too. */
const running = (program: Program): System<Step> => {
  const next = program.map(() => 0)
  const stopped = program.map(() => false)
  const last = program.map(() => -1)
  let step = -1
  const ownPlace = (thread: number): number => 1 << (variables + thread)
  return {
    enabled: () => {
      const steps = program.flatMap((ops, thread) => {
        const at = next[thread] ?? 0
        const one = ops[at]
        if (one === undefined || stopped[thread]) return []
        const id = `${thread}.${at}`
        const fates = [{ id, thread, fails: false, isLast: one.isLast }]
        return one.mayFail
          ? [...fates, { id: `${id} fails`, thread, fails: true, isLast: one.isLast }]
          : fates
      })
      const now = steps.filter(({ isLast }) => !isLast)
      return now.length > 0 ? now : steps
    },
    apply: ({ thread, fails }) => {
      step++
      const at = next[thread] ?? 0
      const { reads, writes, stops, isLast } = program[thread]?.[at] ?? assert.fail("no such step")
      next[thread] = at + 1
      const causes = [last[thread] ?? -1]
      last[thread] = step
      if (fails) return { acts: ownPlace(thread), sees: 0, causes, isLast }
      const isStop = stops !== undefined && stops !== thread && stops < program.length
      if (isStop) stopped[stops] = true
      const acts = ownPlace(thread) | writes | (isStop ? ownPlace(stops) : 0)
      return { acts, sees: reads, causes, isLast }
    },
  }
}

/** More orders than this are not all run. */
const ordersMax = 5_000

const classesOf = (program: Program, reduction: Reduction): ReadonlySet<string> | undefined => {
  const search = new Search({ reduction })
  const classes = new Set<string>()
  let runs = 0
  do {
    if (++runs > ordersMax) return undefined
    if (search.run(running(program)) === "blocked") continue
    const key = classOf(search.execution)
    // Without reduction a class is run as often as it has orders.
    if (reduction !== "none") assert.ok(!classes.has(key), `run twice: ${key}`)
    classes.add(key)
  } while (search.next())
  return classes
}

test("source sets and sleep sets try every class of every program, each once", () => {
  const seed = seedOf("programs")
  let compared = 0
  fc.assert(
    fc.property(programs, (program) => {
      const every = classesOf(program, "none")
      if (every === undefined) return
      compared++
      assert.deepEqual(classesOf(program, "sleep"), every)
      assert.deepEqual(classesOf(program, "source"), every)
    }),
    { seed, numRuns: 1_500 },
  )
  assert.ok(compared > 1_000, `${compared} programs were small enough`)
})
