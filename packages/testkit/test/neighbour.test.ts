import { type Happening, Search, type System } from "@scaler-ts/testkit/search"
import assert from "node:assert/strict"
import { test } from "vitest"
import { drive, following } from "../src/search/drive.ts"
import { type Attempt, NeighbourSearch, type Passing } from "../src/search/neighbour.ts"
import { Toy, type ToyOptions } from "./support/toy.ts"

/** One step for each set of names, of which one is chosen. Nothing commutes. */
class Choices implements System {
  private readonly left: Array<ReadonlyArray<string>>

  constructor(...sets: ReadonlyArray<ReadonlyArray<string>>) {
    this.left = [...sets]
  }

  enabled() {
    return this.left[0]?.map((id) => ({ id })) ?? []
  }

  apply() {
    this.left.shift()
    return { acts: 1, sees: 0, causes: [], isLast: false }
  }
}

const attempting =
  <H extends Happening, S extends System<H>>(
    make: () => S & System<H>,
    passes: (ids: ReadonlyArray<string>, system: S) => boolean,
  ) =>
  (ids: ReadonlyArray<string>): ReturnType<Attempt> => {
    const system = make()
    const run = drive(system, following(ids))
    return {
      run,
      passes: passes(
        run.steps.map(({ id }) => id),
        system,
      ),
    }
  }

const searching = (ids: ReadonlyArray<string>, attempt: Attempt): NeighbourSearch =>
  new NeighbourSearch(attempt(ids).run, attempt)

const nearestOf = (ids: ReadonlyArray<string>, attempt: Attempt): Passing | undefined => {
  const search = searching(ids, attempt)
  for (const _ of search.run());
  return search.nearest
}

const liar: ToyOptions = { tasks: 1, workers: 1, lies: true }
const inLiar = attempting(
  () => new Toy(liar),
  (_, toy) => toy.wrong === undefined,
)

/** Every order of the liar there is, by whether it fails. */
const everyOrder = (): Readonly<
  Record<"failing" | "passing", ReadonlyArray<ReadonlyArray<string>>>
> => {
  const search = new Search({ reduction: "none" })
  const found = { failing: new Array<Array<string>>(), passing: new Array<Array<string>>() }
  do {
    const toy = new Toy(liar)
    search.run(toy)
    const ids = search.execution.map(({ id }) => id)
    found[toy.wrong === undefined ? "passing" : "failing"].push(ids)
  } while (search.next())
  return found
}

const sharedBy = (one: ReadonlyArray<string>, other: ReadonlyArray<string>): number => {
  const at = one.findIndex((id, index) => id !== other[index])
  return at < 0 ? one.length : at
}

test("of every failing order a neighbour is found, it passes, and none that passes parts later", () => {
  const { failing, passing } = everyOrder()
  assert.ok(failing.length > 10 && passing.length > 10, `${failing.length}, ${passing.length}`)
  const all = new Set(passing.map((ids) => ids.join()))
  for (const ids of failing) {
    const nearest = nearestOf(ids, inLiar)
    assert.ok(nearest !== undefined && all.has(nearest.ids.join()), ids.join())
    assert.equal(nearest.shared, sharedBy(ids, nearest.ids))
    assert.equal(nearest.shared, Math.max(...passing.map((other) => sharedBy(ids, other))))
  }
})

test("where every order fails there is none, and every step has been tried", () => {
  const [ids = []] = everyOrder().failing
  const tried = new Set<number>()
  const nearest = nearestOf(ids, (other) => {
    tried.add(sharedBy(ids, other))
    return { ...inLiar(other), passes: false }
  })
  assert.equal(nearest, undefined)
  const { enabled } = inLiar(ids).run
  for (const [at, { length }] of enabled.entries()) assert.ok(length < 2 || tried.has(at), `${at}`)
})

test("of those that part at one step, the one with the fewest differences wins", () => {
  for (const others of [
    ["x", "y"],
    ["y", "x"],
  ]) {
    const one = new Choices(["a", ...others], ["b"], ["c"])
    const search = new NeighbourSearch(drive(one, following(["a"])), ([first = ""]) => {
      const rest = first === "x" ? ["c", "b"] : ["b", "c"]
      const run = drive(new Choices([first], ...rest.map((id) => [id])), following([]))
      return { run, passes: true }
    })
    for (const _ of search.run());
    assert.deepEqual(search.nearest, { ids: ["y", "b", "c"], shared: 0 })
  }
})

test("what happens earlier goes right before what it is to come before, if that passes", () => {
  const all = ["a", "b", "c"]
  const attempt = attempting(
    () => new Choices(all, all, all),
    ([first]) => first === "b",
  )
  assert.deepEqual(nearestOf(all, attempt), { ids: ["b", "a", "c"], shared: 0 })
})

test("two changes are made where one is not enough, the first as late as can be", () => {
  const attempt = attempting(
    () => new Choices(["a", "A"], ["b", "B"], ["c", "C"], ["d", "D"]),
    (ids) => ids.includes("D") && (ids.includes("A") || ids.includes("B")),
  )
  const ids = ["a", "b", "c", "d"]
  assert.deepEqual(nearestOf(ids, attempt), { ids: ["a", "B", "c", "D"], shared: 1 })
  const oneIsEnough = attempting(
    () => new Choices(["a", "A"], ["b", "B"], ["c", "C"], ["d", "D"]),
    (taken) => taken.includes("A") || (taken.includes("C") && taken.includes("D")),
  )
  assert.deepEqual(nearestOf(ids, oneIsEnough), { ids: ["A", "b", "c", "d"], shared: 0 })
})

test("whoever drives it may stop after any attempt, and what it has found by then passes", () => {
  const [ids = []] = everyOrder().failing
  for (let attempts = 0; attempts < 20; attempts++) {
    const search = searching(ids, inLiar)
    const run = search.run()
    for (let at = 0; at < attempts; at++) run.next()
    if (search.nearest !== undefined) assert.ok(inLiar(search.nearest.ids).passes)
  }
})
