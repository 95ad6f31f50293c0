import { States } from "@scaler-ts/testkit/search"
import assert from "node:assert/strict"
import { describe, test } from "vitest"

const action = <State>(label: string, run: () => State, must = true): States.Action<State> => ({
  label,
  must,
  run,
})

/** Two counters, each of which goes up to a bound. */
const counters = (bound: number): States.Model<{ readonly a: number; readonly b: number }> => ({
  initial: { a: 0, b: 0 },
  actions: ({ a, b }) => [
    ...(a < bound ? [action("a", () => ({ a: a + 1, b }))] : []),
    ...(b < bound ? [action("b", () => ({ a, b: b + 1 }))] : []),
  ],
})

test("every state is visited once, however many ways lead to it", () => {
  let asked = 0
  const model = counters(20)
  const verdict = States.search({
    ...model,
    always: () => {
      asked++
      return undefined
    },
  })
  assert.deepEqual(verdict, { _tag: "Verified", states: 441, rests: 1, depth: 40 })
  // Once for the first state, and once for each of the 2 × 20 × 21 steps there are.
  assert.equal(asked, 841)
})

test("300,000 states whose texts differ in little are told apart", () => {
  const verdict = States.search<number>({
    initial: 0,
    actions: (n) => (n < 299_999 ? [action("up", () => n + 1)] : []),
  })
  assert.equal(verdict.states, 300_000)
})

describe("the first violation found has the shortest trace", () => {
  test("of those in states", () => {
    const verdict = States.search({
      ...counters(9),
      always: ({ a, b }) => (a >= 7 || b >= 3 ? `${a} and ${b}` : undefined),
    })
    assert.ok(verdict._tag === "Violated")
    assert.deepEqual(verdict.trace, ["b", "b", "b"])
    assert.equal(verdict.what, "0 and 3")
    assert.deepEqual(verdict.state, { a: 0, b: 3 })
  })

  test("also when one at rest is shorter than one that a neighbour's step leads to", () => {
    const verdict = States.search<string>({
      initial: "start",
      actions: (state) =>
        state === "start"
          ? [action("go on", () => "going"), action("stop", () => "stopped")]
          : state === "going"
            ? [action("fall", () => "fallen")]
            : [],
      always: (state) => (state === "fallen" ? "fell" : undefined),
      atRest: (state) => (state === "stopped" ? "stopped early" : undefined),
    })
    assert.ok(verdict._tag === "Violated")
    assert.deepEqual(verdict.trace, ["stop"])
  })

  test("and is empty when the initial state is wrong", () => {
    const verdict = States.search({ ...counters(1), always: () => "wrong from the start" })
    assert.ok(verdict._tag === "Violated")
    assert.deepEqual([verdict.trace, verdict.states], [[], 0])
  })
})

test("only states in which nothing has to happen are at rest", () => {
  const model: States.Model<number> = {
    initial: 0,
    actions: (n) => [
      ...(n < 2 ? [action("must", () => n + 1)] : []),
      ...(n < 4 ? [action("may", () => n + 1, false)] : []),
    ],
  }
  const rests: Array<number> = []
  const verdict = States.search({
    ...model,
    atRest: (n) => {
      rests.push(n)
      return undefined
    },
  })
  assert.deepEqual(rests, [2, 3, 4])
  assert.equal(verdict.rests, 3)
})

test("what an action throws is a violation with the action in its trace", () => {
  const said = new Error("a slot is freed twice")
  const throwing = (error: unknown): States.StatesVerdict<number> =>
    States.search<number>({
      initial: 0,
      actions: (n) => [
        action("count", () => n + 1),
        ...(n === 2
          ? [
              action("free", (): number => {
                throw error
              }),
            ]
          : []),
      ],
    })
  const verdict = throwing(said)
  assert.ok(verdict._tag === "Violated")
  assert.equal(verdict.what, "a slot is freed twice")
  assert.deepEqual(verdict.trace, ["count", "count", "free"])
  assert.equal(verdict.state, 2, "the state before the action that threw")
  assert.equal(verdict.error, said)
  const broken = throwing(new TypeError("x is undefined"))
  assert.ok(broken._tag === "Violated")
  assert.equal(broken.what, "threw TypeError: x is undefined")
})

describe("a search that hits its bound does not say verified", () => {
  test("and says within how many steps nothing is wrong", () => {
    const verdict = States.search(counters(1000), { statesMax: 60 })
    assert.ok(verdict._tag === "Bounded")
    assert.equal(verdict.within, 9)
    assert.ok(verdict.states > 55 && verdict.states <= 63)
  })

  test("of steps", () => {
    assert.deepEqual(States.search(counters(1000), { depthMax: 3 }), {
      _tag: "Bounded",
      within: 3,
      states: 10,
      rests: 0,
      depth: 3,
    })
  })

  test("unless there is nothing beyond it", () => {
    assert.equal(States.search(counters(2), { statesMax: 9, depthMax: 4 })._tag, "Verified")
    assert.equal(States.search(counters(2), { statesMax: 8 })._tag, "Bounded")
    assert.equal(States.search(counters(2), { depthMax: 3 })._tag, "Bounded")
  })

  test("and still reports what is wrong within it", () => {
    const verdict = States.search(
      { ...counters(1000), always: ({ a }) => (a > 2 ? "three" : undefined) },
      { depthMax: 3 },
    )
    assert.equal(verdict._tag, "Violated")
  })
})

test("states with one key are searched once", () => {
  const verdict = States.search({
    ...counters(20),
    key: ({ a, b }) => [a, b].toSorted((one, other) => one - other).join(),
  })
  assert.equal(verdict.states, 231)
})

describe("a model that cannot be searched is refused, because", () => {
  const holding = (value: unknown): (() => unknown) => {
    return () => States.search({ initial: { tasks: [{ value }] }, actions: () => [] })
  }

  test("JSON shows every map as the same", () => {
    assert.throws(holding(new Map()), /state\.tasks\[0\]\.value is a Map.*give the model a `key`/)
    assert.throws(holding(Number.NaN), /value is NaN/)
    assert.throws(holding([undefined]), /value\[0\] is undefined/)
  })

  test("unless it has a key of its own", () => {
    const verdict = States.search<ReadonlyMap<string, number>>({
      initial: new Map([["a", 0]]),
      actions: (map) =>
        (map.get("a") ?? 0) < 3
          ? [action("up", () => new Map([["a", (map.get("a") ?? 0) + 1]]))]
          : [],
      key: (map) => JSON.stringify([...map]),
    })
    assert.equal(verdict.states, 4)
  })

  test("an action changed the state it was given", () => {
    const model: States.Model<{ n: number }> = {
      initial: { n: 0 },
      actions: (state) => [
        action("count", () => {
          state.n++
          return state
        }),
      ],
    }
    assert.throws(() => States.search(model), /changed the state it was given.*one of "count"/)
  })
})

describe("a report", () => {
  test("of a violation lists the steps, what is wrong, and the state", () => {
    const verdict = States.search({
      ...counters(2),
      always: ({ a, b }) => (a + b > 1 ? "more than one" : undefined),
    })
    assert.equal(
      States.reportOf("two counters", verdict),
      [
        "✗ two counters: violated after 2 steps, found among 3 states",
        "",
        "    1  a",
        "    2  a",
        "    ✗  more than one",
        "",
        "  {",
        '    "a": 2,',
        '    "b": 0',
        "  }",
      ].join("\n"),
    )
  })

  test("says how much was searched", () => {
    assert.equal(
      States.reportOf("two counters", States.search(counters(40))),
      "✓ two counters: verified, all 1,681 states, the furthest 80 steps away",
    )
    assert.equal(
      States.reportOf("two counters", States.search(counters(40), { depthMax: 1 })),
      "~ two counters: not verified, the bound was hit after 3 states; nothing is wrong within 1 step",
    )
  })
})
