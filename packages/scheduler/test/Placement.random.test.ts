/** Placement under arbitrary workers, tasks and ends, beside the model that does it in the simplest way. */
import * as fc from "fast-check"
import assert from "node:assert/strict"
import { test } from "vitest"
import { left, type ModelTask, offerOf, PlacementModel } from "./support/PlacementModel.ts"
import { Rig } from "./support/Rig.ts"

interface Operation {
  readonly kind: number
  readonly which: number
  readonly name: string
  readonly names: ReadonlyArray<string>
  readonly priority: number
  readonly capabilities: Readonly<Record<string, number>>
  readonly slots: number
  readonly prefetch: number
}

const name = fc.constantFrom("f", "g", "h")
const quantities = (max: number): fc.Arbitrary<Record<string, number>> =>
  fc.dictionary(fc.constantFrom("gpu", "disk"), fc.integer({ min: 1, max }), { maxKeys: 2 })

const operations: fc.Arbitrary<Array<Operation>> = fc.array(
  fc.record({
    kind: fc.nat(19),
    which: fc.nat(1_000),
    name,
    names: fc.uniqueArray(name, { maxLength: 2 }),
    priority: fc.constantFrom(0, 0, 0, 1, -0.5),
    capabilities: fc.oneof(fc.constant({}), quantities(3)),
    slots: fc.integer({ min: 1, max: 3 }),
    prefetch: fc.constantFrom(0, 0, 2),
  }),
  { maxLength: 150, size: "max" },
)

class Run {
  readonly rig = new Rig().client("c1").client("c2").client("c3")
  readonly model = new PlacementModel()
  private submitted = 0
  private joined = 0
  private read = 0

  step(operation: Operation): void {
    this.perform(operation)
    this.follow()
    assert.equal(this.model.next(), undefined, "a task waits that a worker could take")
    for (const worker of this.model.workers.values()) {
      for (const capability of Object.keys(worker.capabilities)) {
        assert.ok(left(worker, capability) >= 0, `${worker.name} has too little ${capability}`)
      }
    }
    const { tasks, workers, waiting } = this.rig.tables.status()
    assert.equal(tasks.queued, this.model.waiting.length)
    assert.equal(
      waiting.reduce((sum, { tasks }) => sum + tasks, 0),
      tasks.queued,
    )
    for (const { name, held } of workers) {
      assert.equal(held, this.model.workers.get(name)?.held.size, "held is not what it holds (G6)")
    }
  }

  private perform(operation: Operation): void {
    const { kind, which } = operation
    const worker = pick([...this.model.workers.values()], which)
    if (kind < 3) return this.join(operation)
    if (kind < 10) return this.submit(operation)
    if (worker === undefined) return
    const task = pick([...worker.held], which)
    if (kind < 14) {
      if (task === undefined) return
      worker.held.delete(task)
      this.rig.result(worker.name, task.id, task.attempt)
    } else if (kind === 14) {
      this.lose(worker.name)
    } else if (kind === 15) {
      worker.draining = true
      this.rig.tables.drainWorker(worker.name, 1)
    } else if (kind === 16) {
      worker.away = !worker.away
      this.rig.tables.setAway(worker.name, worker.away)
    } else if (kind === 17) {
      const waiting = pick(this.model.waiting, which)
      if (waiting === undefined) return
      this.model.leave(waiting)
      this.rig.cancel(waiting.client, waiting.number)
    } else if (task !== undefined) {
      this.recall(worker.name, task)
    }
  }

  private join({ names, capabilities, slots, prefetch }: Operation): void {
    if (this.model.workers.size >= 6) return
    const worker = {
      name: `w${++this.joined}`,
      slots,
      prefetch,
      tasks: names,
      capabilities,
      held: new Set<ModelTask>(),
      draining: false,
      away: false,
    }
    this.model.workers.set(worker.name, worker)
    this.rig.offering(worker.name, offerOf(worker))
  }

  private submit({ which, name, priority, capabilities }: Operation): void {
    const number = ++this.submitted
    const client = `c${1 + (which % 3)}`
    const task = { id: number, client, number, name, priority, capabilities, attempt: 0 }
    this.model.wait(task)
    this.rig.submit(client, number, { name, priority, capabilities, attemptsMax: 1_000 })
  }

  private lose(name: string): void {
    const held = this.model.workers.get(name)?.held ?? []
    this.model.workers.delete(name)
    for (const task of [...held].toSorted((a, b) => a.id - b.id)) this.model.wait(task)
    this.rig.loseWorker(name)
  }

  /** As if the scheduler had asked for it, and it had not begun. */
  private recall(worker: string, task: ModelTask): void {
    this.rig.tables.recall(task.client, task.number)
    this.model.workers.get(worker)?.held.delete(task)
    this.model.wait(task)
    this.rig.confirm(worker, [task.id, task.attempt], "canceled", "neverStarted")
  }

  /** Has the model do what the tables did. */
  private follow(): void {
    for (; this.read < this.rig.sent.length; this.read++) {
      const [to, message] = this.rig.sent[this.read] ?? ["", undefined]
      if (message?._tag !== "Task") continue
      const { attempt } = this.model.place(message.task, to)
      assert.equal(message.attempt, attempt)
    }
  }
}

const pick = <Item>(items: ReadonlyArray<Item>, number: number): Item | undefined =>
  items[number % Math.max(1, items.length)]

test("every task that can be placed is, in the right order and where it may be, whatever happens (R29, G6)", () => {
  const property = fc.property(operations, (all) => {
    const run = new Run()
    for (const operation of all) run.step(operation)
  })
  fc.assert(property, { numRuns: 300 })
})
