/** Clients, links and ends in any order: no credit is lost or doubled, and nobody waits who need not. */
import assert from "node:assert/strict"
import * as fc from "fast-check"
import { test } from "vitest"
import { type CreditAccount, Credit, Credits } from "../src/index.ts"

const bounds = { client: { tasks: 6, bytes: 40 }, all: { tasks: 11, bytes: 90 } }
const longest = 100

/** A client that keeps to what it was given, and the two links between it and the scheduler. */
interface Modelled {
  readonly account: CreditAccount<number>
  credit: Credit.Amount
  readonly up: Array<number>
  readonly down: Array<Credit.Amount>
  /** The inputs of its tasks that have not ended at the scheduler. */
  readonly open: Array<number>
  isGone: boolean
}

class Model {
  private readonly credits = new Credits<number>(bounds)
  readonly clients: Array<Modelled> = []

  do({ kind, which, bytes }: Operation): void {
    const client = this.clients[which % Math.max(1, this.clients.length)]
    if (kind === "opens" || client === undefined) this.open()
    else if (kind === "closes") this.close(client)
    else if (kind === "sends") this.send(client, bytes)
    else if (kind === "arrives") this.arrive(client)
    else if (kind === "is told") this.tell(client)
    else if (kind === "ends") this.end(client)
    else if (!client.isGone) this.credits.setBehind(client.account, kind === "falls behind")
    this.settle()
    for (const one of this.clients) this.check(one)
  }

  /** Everything that is on its way arrives, and everybody catches up; what is here stays here. */
  rest(): void {
    for (const one of this.clients) if (!one.isGone) this.credits.setBehind(one.account, false)
    for (;;) {
      this.settle()
      const busy = this.clients.find(({ up, down }) => up.length + down.length > 0)
      if (busy === undefined) return
      this.arrive(busy)
      this.tell(busy)
    }
  }

  get room(): Credit.Amount {
    const all = this.clients.flatMap(({ open }) => open)
    const { tasks, bytes } = bounds.all
    return { tasks: tasks - all.length, bytes: bytes - sumOf(all) }
  }

  private open(): void {
    const { account, first } = this.credits.open(this.clients.length)
    this.clients.push({
      account,
      credit: { tasks: 0, bytes: 0 },
      up: [],
      down: [first],
      open: [],
      isGone: false,
    })
  }

  private close(client: Modelled): void {
    if (client.isGone) return
    client.isGone = true
    client.up.length = client.down.length = 0
    this.credits.close(client.account)
  }

  private send(client: Modelled, bytes: number): void {
    if (client.isGone || !Credit.maySpend(client.credit)) return
    client.credit = Credit.spent(client.credit, bytes)
    client.up.push(bytes)
  }

  private arrive(client: Modelled): void {
    const bytes = client.up.shift()
    if (bytes === undefined) return
    assert(this.credits.spend(client.account, bytes), "it had the credit")
    client.open.push(bytes)
  }

  private tell(client: Modelled): void {
    const amount = client.down.shift()
    if (amount !== undefined) client.credit = Credit.plus(client.credit, amount)
  }

  private end(client: Modelled): void {
    const bytes = client.open.shift()
    if (bytes !== undefined) this.credits.giveBack(client.account, bytes)
  }

  private settle(): void {
    const { room } = this
    let tasks = 0
    this.credits.settle((owner, amount) => {
      const client = this.clients[owner]
      assert(client !== undefined && !client.isGone)
      assert(!client.account.isBehind, "nothing for who is behind")
      assert(Credit.maySpend(room), "nothing while all have as much here as there may be")
      tasks += amount.tasks
      client.down.push(amount)
    })
    const atMost = Math.max(room.tasks, this.clients.length)
    assert(tasks <= atMost, "no more at once than there is room for, or one for each")
  }

  private check({ account, credit, up, down, open, isGone }: Modelled): void {
    if (isGone) return
    const onTheWay = down.reduce(Credit.plus, { tasks: 0, bytes: 0 })
    const left = {
      tasks: credit.tasks + onTheWay.tasks + up.length,
      bytes: credit.bytes + onTheWay.bytes + sumOf(up),
    }
    assert.deepEqual({ ...account.left }, left, "the scheduler counts as the client does")
    assert.deepEqual({ ...account.held }, { tasks: open.length, bytes: sumOf(open) })
    const { client } = bounds
    assert(account.left.tasks + account.held.tasks <= client.tasks)
    assert(account.left.bytes + account.held.bytes <= client.bytes)
    assert(open.length + up.length <= client.tasks)
    assert(sumOf(open) + sumOf(up) < client.bytes + longest, "its window, and one input more")
  }
}

const sumOf = (numbers: ReadonlyArray<number>): number => numbers.reduce((sum, n) => sum + n, 0)

interface Operation {
  readonly kind: (typeof kinds)[number]
  readonly which: number
  readonly bytes: number
}

const often = ["sends", "sends", "sends", "arrives", "arrives", "is told", "ends"] as const
const kinds = [...often, "opens", "closes", "falls behind", "catches up"] as const

const operations = fc.array(
  fc.record({
    kind: fc.constantFrom(...kinds),
    which: fc.nat(7),
    bytes: fc.oneof(fc.nat(10), fc.constant(longest)),
  }),
  { maxLength: 120 },
)

test("no credit is lost or doubled, and nobody waits while there is room", () => {
  fc.assert(
    fc.property(operations, (list) => {
      const model = new Model()
      for (const operation of list) model.do(operation)
      model.rest()
      if (!Credit.maySpend(model.room)) return
      for (const { account, credit, isGone } of model.clients) {
        const { held } = account
        const hasWindow = held.tasks < bounds.client.tasks && held.bytes < bounds.client.bytes
        assert(isGone || !hasWindow || Credit.maySpend(credit), "it waits, and could send")
      }
    }),
    { numRuns: 1_000 },
  )
})
