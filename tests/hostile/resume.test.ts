// Whoever comes back with nonsense harms itself and nobody else, and is told so (G10).
import { assert, it } from "@effect/vitest"
import { type Message, resumeMsDefault, Values } from "@scaler-ts/protocol"
import { defineTasks } from "@scaler-ts/protocol/tasks"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import { taskOf } from "../support/taskOf.ts"
import { settle, until } from "../support/turns.ts"
import { Puppet } from "./Puppet.ts"
import * as Town from "./Town.ts"

const tasks = defineTasks(import.meta.url, { square: (n: number) => n * n })

const hello = (session = "s"): Message.ClientHello => ({ _tag: "ClientHello", session })
const workerHello: Message.WorkerHello = {
  _tag: "WorkerHello",
  session: "w",
  worker: "w",
  slots: 0,
  prefetch: 0,
  capabilities: {},
  tasks: ["square"],
}
const square = (task: number): Message.Task =>
  taskOf({ task, name: "square", input: Values.encode(task) })
const resultOf = (puppet: Puppet): unknown =>
  puppet.heardOf("TaskResult").map(({ payload }) => Values.decode(payload))[0]

const heartbeat: Message.Message = { _tag: "Heartbeat" }

const count = 500

/** A town whose sessions resume, and in which all of this happens while others work undisturbed. */
const whileOthersWork = (
  hostile: (town: Town.Town) => Effect.Effect<void, Error, Scope.Scope>,
): Effect.Effect<void, Error, Scope.Scope> =>
  Effect.gen(function* () {
    const town = yield* Town.make({ tasks, workers: 2, resumeMs: resumeMsDefault })
    const before = town.scheduler.status()
    const working = yield* Effect.forkChild(
      town.client.map(tasks.square, Array.from({ length: count }).keys(), { concurrency: 5 }),
      { startImmediately: true },
    )
    yield* hostile(town)
    const outcomes = yield* Fiber.join(working)
    assert.deepStrictEqual(
      outcomes.map((outcome) => outcome._tag === "Succeeded" && outcome.value),
      Array.from({ length: count }, (_, n) => n * n),
    )
    yield* TestClock.adjust(2 * resumeMsDefault)
    yield* settle
    assert.deepStrictEqual(town.scheduler.status(), before, "nothing of it is left")
  })

/** Somebody who has said hello as a client and been heard. */
const client = Effect.fnUntraced(function* (
  { network }: Town.Town,
  name: string,
  session?: string,
) {
  const puppet = new Puppet(network, name).says(1, 0, hello(session))
  yield* until("it is welcome", () => puppet.heardOf("HelloEcho").length === 1)
  puppet.news()
  return puppet
})

const cut = (puppet: Puppet): Effect.Effect<void, Error> =>
  Effect.gen(function* () {
    puppet.cut()
    yield* until("it is away", () => puppet.isGone)
    puppet.news()
  })

for (const isAway of [false, true]) {
  const who = isAway ? "who was away" : "who was there"
  it.effect(`${who} and says hello again with a number never sent is told that it is nobody`, () =>
    whileOthersWork((town) =>
      Effect.gen(function* () {
        const puppet = yield* client(town, "liar")
        if (isAway) yield* cut(puppet)
        puppet.says(1, 1_000_000, hello())
        yield* until("it is dropped", () => puppet.isGone)
        assert.match(puppet.heardOf("ProtocolError")[0]?.reason ?? "", /not known here/)
        assert.strictEqual(town.scheduler.status().clients, 1)
        puppet.news()
        puppet.says(1, 0, hello("another"))
        yield* until("it may begin anew", () => puppet.heardOf("HelloEcho").length === 1)
        puppet.disconnect()
      }),
    ),
  )
}

it.effect("who is away and comes back with bytes that are no frame is told so", () =>
  whileOthersWork((town) =>
    Effect.gen(function* () {
      const puppet = yield* client(town, "garbler")
      yield* cut(puppet)
      puppet.throws(Uint8Array.of(0xc1))
      yield* until("it is dropped", () => puppet.isGone)
      assert.strictEqual(puppet.heardOf("ProtocolError").length, 1)
      assert.strictEqual(town.scheduler.status().clients, 1)
    }),
  ),
)

it.effect("who says another's session under a name of its own learns and changes nothing", () =>
  whileOthersWork((town) =>
    Effect.gen(function* () {
      const victim = yield* client(town, "victim")
      victim.says(2, 1, square(7))
      yield* until("it has its result", () => victim.heardOf("TaskResult").length === 1)
      const acknowledged = victim.last - 1
      yield* cut(victim)
      for (const number of new Set([0, 1, 2, acknowledged])) {
        const thief = new Puppet(town.network, `thief-${number}`).says(1, number, hello())
        yield* until("it is refused", () => thief.isGone)
        assert.deepStrictEqual(thief.news(), ["ProtocolError", "gone"])
      }
      const thief = yield* client(town, "thief", "its own")
      thief.says(2, 1, { _tag: "TaskCancel", task: 7, attempt: 0, force: true })
      yield* until("it is answered", () => thief.heardOf("TaskCancelConfirm").length === 1)
      assert.strictEqual(thief.heardOf("TaskCancelConfirm")[0]?.type, "cancelNotFound")
      assert.strictEqual(thief.heardOf("TaskResult").length, 0)
      victim.says(1, acknowledged, hello())
      yield* until("the victim has it again", () => victim.heardOf("TaskResult").length === 1)
      assert.strictEqual(resultOf(victim), 49)
      for (const one of [thief, victim]) one.disconnect()
    }),
  ),
)

it.effect("who says hello in a worker's session and name, while that is away, is refused", () =>
  whileOthersWork((town) =>
    Effect.gen(function* () {
      const victim = new Puppet(town.network, "w").says(1, 0, workerHello)
      yield* until("it is welcome", () => victim.heardOf("HelloEcho").length === 1)
      yield* cut(victim)
      const thief = new Puppet(town.network, "thief").says(1, 0, workerHello)
      yield* until("it is refused", () => thief.isGone)
      assert.match(thief.heardOf("ProtocolError")[0]?.reason ?? "", /is here already/)
      const own = () => town.scheduler.status().workers.find(({ name }) => name === "w")
      assert.strictEqual(own()?.away, true)
      victim.says(1, 1, workerHello)
      yield* until("it is heard", () => victim.heard.includes("heard"))
      assert.strictEqual(own()?.away, false)
      victim.disconnect()
    }),
  ),
)

it.effect("floods of hello again, in one session or in ever new ones, leave one client", () =>
  whileOthersWork((town) =>
    Effect.gen(function* () {
      const puppet = yield* client(town, "flood")
      for (let n = 0; n < 3_000; n++) {
        puppet.says(1, 1, hello(n % 3 === 0 ? `session ${n}` : "s"))
        if (n % 100 > 0) continue
        yield* settle
        assert.isAtMost(town.scheduler.status().clients, 2)
      }
      puppet.disconnect()
    }),
  ),
)

it.effect("500 who say hello and vanish are forgotten when their bound has passed", () =>
  whileOthersWork((town) =>
    Effect.gen(function* () {
      for (let n = 0; n < 500; n++) new Puppet(town.network, `ghost-${n}`).says(1, 0, hello(`g${n}`)).disconnect() // oxfmt-ignore
      yield* until("all are known", () => town.scheduler.status().clients === 501)
    }),
  ),
)

it.effect("frames of one who is away and has not said hello again count for nothing", () =>
  whileOthersWork((town) =>
    Effect.gen(function* () {
      const puppet = yield* client(town, "rude")
      yield* cut(puppet)
      for (let number = 2; number < 1_000; number++) puppet.says(number, 1, square(number))
      yield* settle
      assert.deepStrictEqual(puppet.news(), [])
      puppet.says(1, 1, hello()).says(2, 1, square(5))
      yield* until("it is heard now", () => puppet.heardOf("TaskResult").length === 1)
      assert.strictEqual(resultOf(puppet), 25)
      puppet.disconnect()
    }),
  ),
)

it.effect("who is away and never says hello again is lost, and then told to", () =>
  whileOthersWork((town) =>
    Effect.gen(function* () {
      const puppet = yield* client(town, "rude")
      yield* cut(puppet)
      puppet.says(2, 1, square(2))
      yield* TestClock.adjust(resumeMsDefault)
      yield* settle
      assert.strictEqual(town.scheduler.status().clients, 1)
      puppet.says(3, 1, square(3))
      yield* until("it is dropped", () => puppet.isGone)
      assert.deepStrictEqual(puppet.news(), ["ProtocolError", "gone"])
    }),
  ),
)

it.effect("acknowledgements that go backwards change nothing", () =>
  whileOthersWork((town) =>
    Effect.gen(function* () {
      const puppet = yield* client(town, "crab")
      for (let number = 2; number <= 50; number++) {
        puppet.says(number, Math.max(0, puppet.last - number), heartbeat)
        yield* until("it is answered", () => puppet.heardOf("HeartbeatEcho").length === number - 1)
      }
      puppet.says(51, puppet.last, heartbeat)
      yield* settle
      yield* cut(puppet)
      // Older than what it has acknowledged: those frames are not kept any more.
      puppet.says(1, 2, hello())
      yield* until("it is answered", () => puppet.heard.length > 0)
      puppet.says(52, puppet.last, square(6))
      yield* until("it goes on", () => puppet.heardOf("TaskResult").length === 1)
      puppet.disconnect()
    }),
  ),
)

it.effect("who never sends a frame that follows the one before stays where it was", () =>
  whileOthersWork((town) =>
    Effect.gen(function* () {
      const puppet = yield* client(town, "gaps")
      for (let n = 0; n < 300; n++) {
        puppet.says(99, 1, square(99))
        yield* until("its connection ends", () => puppet.isGone)
        puppet.says(1, 1, hello())
        yield* until("it is heard again", () => puppet.heard.at(-1) === "heard")
        puppet.news()
      }
      const { clients, tasks } = town.scheduler.status()
      assert.deepStrictEqual([clients, tasks.cancelling], [2, 0])
      puppet.says(2, 1, square(8))
      yield* until("it goes on", () => puppet.heardOf("TaskResult").length === 1)
      puppet.disconnect()
    }),
  ),
)
