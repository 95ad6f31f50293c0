import assert from "node:assert/strict"
import { test } from "vitest"
import { type CreditAccount, type Credit, Credits } from "../src/index.ts"

const many = { tasks: 1_000_000, bytes: 1_000_000 }

/** Credits with everything that is given written down. */
class Given {
  readonly credits: Credits<string>
  private readonly told: Array<string> = []

  constructor(client: Partial<Credit.Amount>, all: Partial<Credit.Amount> = {}) {
    this.credits = new Credits({ client: { ...many, ...client }, all: { ...many, ...all } })
  }

  open(name: string): CreditAccount<string> {
    const { account, first } = this.credits.open(name)
    this.told.push(`${name} ${first.tasks} ${first.bytes}`)
    return account
  }

  spend(account: CreditAccount<string>, ...inputs: ReadonlyArray<number>): ReadonlyArray<boolean> {
    return inputs.map((bytes) => this.credits.spend(account, bytes))
  }

  giveBack(account: CreditAccount<string>, ...inputs: ReadonlyArray<number>): void {
    for (const bytes of inputs) this.credits.giveBack(account, bytes)
  }

  settled(): ReadonlyArray<string> {
    this.credits.settle((name, { tasks, bytes }) => this.told.push(`${name} ${tasks} ${bytes}`))
    return this.told.splice(0)
  }
}

test("a client begins with its whole window, and is given back a quarter of it at a time", () => {
  const given = new Given({ tasks: 8, bytes: 80 })
  const c = given.open("c")
  assert.deepEqual(given.settled(), ["c 8 80"])
  given.spend(c, 5, 5, 5, 5)
  assert.deepEqual(given.settled(), [])
  given.giveBack(c, 5)
  assert.deepEqual(given.settled(), [], "one of eight is not worth a message")
  given.giveBack(c, 5)
  assert.deepEqual(given.settled(), ["c 2 10"])
  given.giveBack(c, 5, 5)
  assert.deepEqual(given.settled(), ["c 2 10"])
})

test("long inputs count by their bytes", () => {
  const given = new Given({ bytes: 100 })
  const c = given.open("c")
  given.settled()
  assert.deepEqual(given.spend(c, 60, 30), [true, true])
  given.giveBack(c, 30)
  assert.deepEqual(given.settled(), ["c 1 30"], "30 bytes are more than a quarter")
})

test("a client with nothing left is given whatever there is at once", () => {
  const given = new Given({ tasks: 100, bytes: 1_000 })
  const c = given.open("c")
  given.settled()
  given.spend(c, ...Array<number>(100).fill(1))
  assert.deepEqual(given.settled(), [])
  given.giveBack(c, 1)
  assert.deepEqual(given.settled(), ["c 1 1"])
})

test("an input may be longer than what is left, and the next one waits until it has ended", () => {
  const given = new Given({ tasks: 10, bytes: 100 })
  const c = given.open("c")
  given.settled()
  assert.deepEqual(given.spend(c, 1, 5_000, 1), [true, true, false])
  given.giveBack(c, 1)
  assert.deepEqual(given.settled(), [], "what is given has to be of use")
  given.giveBack(c, 5_000)
  assert.deepEqual(given.settled(), ["c 2 5001"])
  assert.deepEqual(given.spend(c, 1), [true])
})

test("a client that sends without credit is told apart, and its task counts for nothing", () => {
  const given = new Given({ tasks: 1 })
  const c = given.open("c")
  assert.deepEqual(given.spend(c, 1, 1), [true, false])
  given.giveBack(c, 1)
  assert.deepEqual(given.settled().slice(1), ["c 1 1"])
})

test("each of many clients begins with an equal share of the room there is", () => {
  const given = new Given({ tasks: 60 }, { tasks: 100 })
  for (const name of ["a", "b", "c"]) given.open(name)
  const tasks = given.settled().map((line) => line.split(" ").slice(0, 2).join(" "))
  assert.deepEqual(tasks, ["a 60", "b 50", "c 33"])
})

test("while all of them have as much here as there may be, nobody is given anything", () => {
  const given = new Given({ tasks: 3, bytes: 100 }, { tasks: 4 })
  const a = given.open("a")
  const b = given.open("b")
  given.spend(a, 1, 1, 1)
  given.spend(b, 1, 1)
  given.open("c")
  assert.deepEqual(given.settled(), ["a 3 100", "b 2 100", "c 0 0"])
  given.giveBack(a, 1)
  assert.deepEqual(given.settled(), [], "four are left")
})

test("room that comes back goes to all who wait, also when one of them does not use it", () => {
  const given = new Given({ tasks: 2, bytes: 100 }, { tasks: 4 })
  const [a, b] = [given.open("a"), given.open("b")]
  given.spend(a, 1, 1)
  given.spend(b, 1, 1)
  given.open("c")
  given.settled()
  given.giveBack(a, 1)
  assert.deepEqual(given.settled(), ["a 1 1", "c 1 100"])
  given.giveBack(b, 1)
  assert.deepEqual(given.settled(), ["b 1 1"])
})

test("a client that is behind is given nothing until it has caught up", () => {
  const given = new Given({ tasks: 2, bytes: 100 })
  const c = given.open("c")
  given.spend(c, 1, 1)
  given.settled()
  given.credits.setBehind(c, true)
  given.giveBack(c, 1, 1)
  assert.deepEqual(given.settled(), [])
  given.credits.setBehind(c, false)
  assert.deepEqual(given.settled(), ["c 2 2"])
})

test("what a client has here counts for the others until it has ended, also when it is gone", () => {
  const given = new Given({ tasks: 2, bytes: 100 }, { tasks: 2 })
  const a = given.open("a")
  given.spend(a, 1, 1)
  given.credits.close(a)
  given.open("b")
  assert.deepEqual(given.settled(), ["a 2 100", "b 0 0"])
  given.giveBack(a, 1)
  assert.deepEqual(given.settled(), ["b 1 100"], "and nothing for who is gone")
})
