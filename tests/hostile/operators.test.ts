// Operators who misbehave, and others who say what operators say, harm themselves alone (G9, G10).
import { assert, it } from "@effect/vitest"
import type { Message } from "@scaler-ts/protocol"
import { defineTasks } from "@scaler-ts/protocol/tasks"
import * as Effect from "effect/Effect"
import { settle, until } from "../support/turns.ts"
import { Puppet } from "./Puppet.ts"
import * as Town from "./Town.ts"

const tasks = defineTasks(import.meta.url, { square: (n: number) => n * n })

const hello: Message.OperatorHello = { _tag: "OperatorHello", session: "o" }
const watch = (request: number, room: number): Message.WatchAsked => ({ _tag: "WatchAsked", request, room }) // oxfmt-ignore
const order: Message.OrderAsked = {
  _tag: "OrderAsked",
  request: 1,
  order: "stop",
  target: "",
  boundMs: 0,
}

/** An operator that has been let in. */
const operator = Effect.fnUntraced(function* ({ network }: Town.Town, name: string) {
  const puppet = new Puppet(network, name).says(1, 0, hello)
  yield* until("it is welcome", () => puppet.heardOf("HelloEcho").length === 1)
  return puppet
})

const workAll = Effect.fnUntraced(function* ({ client }: Town.Town, count: number) {
  const outcomes = yield* client.map(tasks.square, Array.from({ length: count }).keys())
  assert.isTrue(outcomes.every((outcome, n) => outcome._tag === "Succeeded" && outcome.value === n * n)) // oxfmt-ignore
})

it.effect(
  "one who watches and never takes anything is told as much as it has room for, and no more",
  () =>
    Effect.gen(function* () {
      const town = yield* Town.make({ tasks })
      const puppet = yield* operator(town, "o")
      puppet.says(2, 1, watch(1, 100))
      yield* settle
      yield* workAll(town, 2_000)
      yield* settle
      const told = puppet.heardOf("TaskTold").length + puppet.heardOf("TasksTold").length
      assert.isAtMost(told, 100)
      assert.isAbove(told, 90)
      puppet.says(3, 1, watch(1, 1))
      // Submitted, sent to a worker, ended: nobody sees a task run that ends in the turn it began.
      yield* until("every move is told or counted", () => {
        const leftOut = puppet.heardOf("TasksTold").reduce((sum, one) => sum + one.leftOut, 0)
        return puppet.heardOf("TaskTold").length + leftOut === 3 * 2_000
      })
    }),
)

it.effect("more watches than there may be are refused, and the others go on", () =>
  Effect.gen(function* () {
    const town = yield* Town.make({ tasks })
    const greedy = yield* operator(town, "greedy")
    const modest = yield* operator(town, "modest")
    modest.says(2, 1, watch(1, 1_000))
    yield* settle
    greedy.says(2, 1, ...Array.from({ length: 31 }, (_, n) => watch(n + 1, 10)))
    yield* until("it is refused", () => greedy.isGone)
    assert.match(greedy.heardOf("ProtocolError")[0]?.reason ?? "", /there are 31 watches already/)
    yield* workAll(town, 100)
    yield* settle
    assert.strictEqual(modest.heardOf("TaskTold").length, 300)
  }),
)

it.effect("clients, workers and strangers who give orders are not obeyed (G9)", () =>
  Effect.gen(function* () {
    const town = yield* Town.make({ tasks })
    const roles: ReadonlyArray<ReadonlyArray<Message.Message>> = [
      [{ _tag: "ClientHello", session: "c" }],
      [{ _tag: "WorkerHello", session: "w", worker: "w", slots: 0, prefetch: 0, capabilities: {}, tasks: [] }], // oxfmt-ignore
      [],
    ]
    for (const [number, role] of roles.entries()) {
      const puppet = new Puppet(town.network, `p${number}`).says(1, 0, ...role, order)
      yield* until("it is dropped", () => puppet.isGone)
      assert.strictEqual(puppet.heardOf("OrderTold").length, 0)
    }
    yield* workAll(town, 10)
  }),
)

it.effect("orders and questions without sense are answered, or end one session", () =>
  Effect.gen(function* () {
    const town = yield* Town.make({ tasks })
    const puppet = yield* operator(town, "o")
    const target = "\ud83c.1.2e9".repeat(50)
    puppet.says(
      2,
      1,
      { ...order, order: "cancel", target },
      { ...order, order: "drain", target, boundMs: 1e300 },
      { _tag: "TasksAsked", request: 1, state: "any", name: target, worker: target, limit: 2 ** 53 - 1 }, // oxfmt-ignore
    )
    yield* until("it is answered", () => puppet.heardOf("TasksTold").length === 1)
    assert.deepStrictEqual(puppet.heardOf("OrderTold").map(({ outcome }) => outcome), ["notFound", "notFound"]) // oxfmt-ignore
    puppet.says(3, 1, hello)
    yield* until("it is dropped", () => puppet.isGone)
    yield* workAll(town, 10)
  }),
)
