import {
  classOf,
  NotDeterministic,
  type Reduction,
  Search,
  type System,
} from "@scaler-ts/testkit/search"
import assert from "node:assert/strict"
import { describe, test } from "vitest"
import { Toy, type ToyOptions } from "./support/toy.ts"

interface Explored {
  readonly complete: number
  readonly blocked: number
  readonly classes: ReadonlySet<string>
  readonly wrong: ReadonlySet<string>
}

const explore = (options: ToyOptions, reduction: Reduction): Explored => {
  const search = new Search({ reduction })
  const classes = new Set<string>()
  const wrong = new Set<string>()
  let complete = 0
  let blocked = 0
  do {
    const toy = new Toy(options)
    if (search.run(toy) === "blocked") {
      blocked++
      continue
    }
    complete++
    classes.add(classOf(search.execution))
    if (toy.wrong !== undefined) wrong.add(toy.wrong)
  } while (search.next())
  return { complete, blocked, classes, wrong }
}

describe("source sets try every class of", () => {
  const rows: ReadonlyArray<readonly [string, ToyOptions, number]> = [
    ["one task", { tasks: 1, workers: 1 }, 4],
    ["one task and a drop", { tasks: 1, workers: 1, drops: 1 }, 23],
    ["one task and a doubled message", { tasks: 1, workers: 1, doubles: 1 }, 82],
    ["two tasks", { tasks: 2, workers: 1 }, 99],
    ["two tasks and two workers", { tasks: 2, workers: 2 }, 203],
    ["two tasks, two workers and a drop", { tasks: 2, workers: 2, drops: 1 }, 1718],
    ["one task, a drop and a doubled message", { tasks: 1, workers: 1, drops: 1, doubles: 1 }, 618],
  ]
  for (const [name, options, count] of rows) {
    test(`${name}: ${count}, the same as sleep sets alone, and each once`, () => {
      const source = explore(options, "source")
      const sleep = explore(options, "sleep")
      assert.equal(source.classes.size, count)
      assert.equal(source.complete, count, "no class is run twice")
      assert.deepEqual(source.classes, sleep.classes)
      assert.ok(
        source.blocked <= sleep.blocked,
        `${source.blocked} of ${sleep.blocked} lead nowhere`,
      )
    })
  }
})

test("without reduction every order is run, and they fall into the same classes", () => {
  const every = explore({ tasks: 1, workers: 1 }, "none")
  assert.equal(every.complete, 71)
  assert.equal(every.blocked, 0)
  assert.deepEqual(every.classes, explore({ tasks: 1, workers: 1 }, "source").classes)
})

test("a scheduler that confirms without asking is caught with one task", () => {
  const { wrong } = explore({ tasks: 1, workers: 1, lies: true }, "source")
  assert.deepEqual([...wrong], ["task 0 ended 2 times"])
  assert.deepEqual([...explore({ tasks: 1, workers: 1 }, "source").wrong], [])
})

/** Threads that each look at a variable and then change it; a name says who, a bit which variable. */
const threads = (
  ...programs: ReadonlyArray<ReadonlyArray<{ readonly acts: number; readonly sees: number }>>
): System => {
  const at = programs.map(() => 0)
  const last = programs.map(() => -1)
  let step = -1
  const enabled = (): ReadonlyArray<{ readonly id: string; readonly thread: number }> =>
    programs.flatMap((program, thread) => {
      const number = at[thread] ?? 0
      return number < program.length ? [{ id: `${thread}.${number}`, thread }] : []
    })
  return {
    enabled,
    apply: ({ id }) => {
      step++
      const thread = Number(id.split(".")[0])
      const number = at[thread] ?? 0
      at[thread] = number + 1
      const causes = [last[thread] ?? -1]
      last[thread] = step
      return { acts: 0, sees: 0, ...programs[thread]?.[number], causes, isLast: false }
    },
  }
}

const count = (make: () => System, reduction: Reduction): number => {
  const search = new Search({ reduction })
  const classes = new Set<string>()
  do if (search.run(make()) === "complete") classes.add(classOf(search.execution))
  while (search.next())
  return classes.size
}

test("steps that only look commute with each other and not with what changes what they see", () => {
  const look = { acts: 0, sees: 1 }
  const change = { acts: 1, sees: 0 }
  assert.equal(
    count(() => threads([look], [look], [look]), "source"),
    1,
  )
  assert.equal(
    count(() => threads([look], [look], [change]), "source"),
    4,
  )
  assert.equal(
    count(() => threads([change], [change], [change]), "source"),
    6,
  )
  assert.equal(
    count(() => threads([look, change], [look, change]), "source"),
    count(() => threads([look, change], [look, change]), "sleep"),
  )
})

test("a step that could happen only because nothing else could is never moved before the others", () => {
  // Two nodes, each with a step; a third thing happens last, at a place that both touched.
  const make = (): System => {
    const left = new Set(["a", "b"])
    let isOver = false
    return {
      enabled: () => (left.size > 0 ? [...left] : isOver ? [] : ["last"]).map((id) => ({ id })),
      apply: ({ id }) => {
        if (id === "last") isOver = true
        left.delete(id)
        const acts = id === "a" ? 1 : id === "b" ? 2 : 3
        return { acts, sees: 0, causes: [], isLast: id === "last" }
      },
    }
  }
  assert.equal(count(make, "source"), 1)
})

test("of things that wait until all is quiet each may be the first, whatever follows from it", () => {
  // Two timers of the same instant, at two nodes; each sends a message to a third.
  const make = (): System => {
    const waiting = new Set(["a", "b"])
    let message: { readonly id: string; readonly sentAt: number } | undefined
    let step = -1
    return {
      enabled: () => (message === undefined ? [...waiting].map((id) => ({ id })) : [message]),
      apply: ({ id }) => {
        step++
        if (message?.id === id) {
          const causes = [message.sentAt]
          message = undefined
          return { acts: 4, sees: 0, causes, isLast: false }
        }
        waiting.delete(id)
        message = { id: `of ${id}`, sentAt: step }
        return { acts: -1, sees: 0, causes: [], isLast: true }
      },
    }
  }
  assert.equal(count(make, "source"), 2)
  assert.equal(count(make, "sleep"), 2)
})

test("a system that does something else the second time is refused at the step that differs", () => {
  let executions = 0
  const make = (): System => {
    executions++
    const ids = ["a", "b", ...(executions > 1 ? ["c"] : [])]
    const left = new Set(ids)
    return {
      enabled: () => [...left].map((id) => ({ id })),
      apply: ({ id }) => {
        left.delete(id)
        return { acts: 1, sees: 0, causes: [], isLast: false }
      },
    }
  }
  const search = new Search()
  search.run(make())
  assert.ok(search.next())
  assert.throws(
    () => search.run(make()),
    (error) =>
      error instanceof NotDeterministic && error.step === 0 && error.message.includes("[a, b]"),
  )
})

test("an execution that never comes to rest is given up with a sentence", () => {
  const endless: System = {
    enabled: () => [{ id: "again" }],
    apply: () => ({ acts: 1, sees: 0, causes: [], isLast: false }),
  }
  assert.throws(
    () => new Search({ stepsMax: 50 }).run(endless),
    /50 steps and still has not come to rest/,
  )
})

test("progress grows to 1", () => {
  const search = new Search()
  let before = 0
  do {
    search.run(new Toy({ tasks: 1, workers: 1 }))
    assert.ok(search.progress > 0 && search.progress <= 1)
    before = search.progress
  } while (search.next())
  assert.equal(before, 1)
})
