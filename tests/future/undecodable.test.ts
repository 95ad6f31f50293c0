import { assert, it } from "@effect/vitest"
import { Future } from "@scaler-ts/future"
import {
  Link,
  type Message,
  ProtocolError,
  schedulerPeer,
  Wire,
  withinProcess,
} from "@scaler-ts/protocol"
import { MemoryNetwork, MemoryTransport } from "@scaler-ts/adapter-memory"
import { Loop } from "@scaler-ts/runtime"
import { Scheduler } from "@scaler-ts/scheduler"
import { inline, Worker } from "@scaler-ts/worker"
import { workerOverWire } from "@scaler-ts/protocol"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { raced } from "../support/receipts.ts"
import * as Rig from "../support/Rig.ts"
import * as say from "../support/messages.ts"
import * as Script from "../support/script.ts"
import { taskOf } from "../support/taskOf.ts"
import { until } from "../support/turns.ts"

/** Bytes that are no encoded value: msgpack never uses 0xc1. */
const garbage = new Uint8Array([0xc1])

const garbled = (type: Message.TaskResult["type"]): Message.TaskResult => ({
  ...say.result(1, type, 0),
  payload: garbage,
})

for (const type of ["success", "failed", "failedTimeout"] as const) {
  it.effect(`a ${type} result that cannot be decoded fails the future for everybody (G1)`, () =>
    Effect.gen(function* () {
      const { submit, scheduler } = yield* Rig.make()
      const future = Rig.only(yield* submit())
      scheduler.say(garbled(type))
      const error = yield* Effect.flip(Future.await(future))
      assert.include(error.message, "its result cannot be decoded")
      const outcome = yield* Future.outcome(future)
      assert.strictEqual(outcome._tag, "Failed")
      assert.strictEqual(Future.state(future), "failed", "G1: the state is that of the outcome")
    }),
  )
}

it.effect(
  "a result that cannot be decoded and raced a cancel is a failure in the receipt (G3)",
  () =>
    Effect.gen(function* () {
      const { submit, scheduler, cancelling } = yield* Rig.make()
      const future = Rig.only(yield* submit())
      const asked = yield* cancelling(future)
      scheduler.say(garbled("success"))
      const receipt = yield* Fiber.join(asked)
      assert.deepInclude(raced(receipt), { _tag: "TaskFailed" })
      assert.strictEqual(Future.state(future), "cancelled")
    }),
)

it.effect("an input that cannot be decoded fails its task and harms no other (G10)", () =>
  Effect.gen(function* () {
    const { tasks } = Script.make()
    const loop = yield* Loop.make
    const network = yield* MemoryNetwork.make()
    yield* Scheduler.make(yield* MemoryTransport.make(network, schedulerPeer), withinProcess)
    const wire = yield* MemoryTransport.make(network, "worker")
    const session = workerOverWire(wire, loop, schedulerPeer, withinProcess)
    const worker = yield* Worker.make(session, { name: "w", tasks, executor: inline() })
    const client = yield* MemoryTransport.make(network, "client")
    const link = new Link(client, loop.defer, schedulerPeer, Wire.toClient)
    const heard: Array<Message.SchedulerToClient> = []
    client.listen({
      frame: (_, bytes) => {
        const messages = link.receive(bytes)
        if (!(messages instanceof ProtocolError)) heard.push(...messages)
      },
      gone: () => {},
      writable: () => {},
    })
    link.send({ _tag: "ClientHello", session: "by hand" })
    link.send(taskOf({ task: 1, input: garbage }))
    link.send(taskOf({ task: 2, input: new Uint8Array(0) }))
    yield* until("both have ended", () => results(heard).length === 2)
    assert.deepStrictEqual(
      results(heard).map(({ task, type }) => [task, type]),
      [
        [1, "failed"],
        [2, "success"],
      ],
    )
    assert.deepStrictEqual(worker.status().attempts, { waiting: 0, running: 0, stopping: 0 })
  }),
)

const results = (heard: ReadonlyArray<Message.SchedulerToClient>) =>
  heard.filter((message) => message._tag === "TaskResult")
