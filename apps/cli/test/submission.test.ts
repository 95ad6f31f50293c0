// What the flags of a submission say, as a worker is told it.
import { ZmqTransport } from "@scaler-ts/adapter-zmq"
import { it } from "@effect/vitest"
import { type Message, schedulerPeer, workerOverWire } from "@scaler-ts/protocol"
import { Loop } from "@scaler-ts/runtime"
import { Scheduler } from "@scaler-ts/scheduler"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import { assert } from "vitest"
import { Directory, scaler } from "./support.ts"

const hello: Message.WorkerHello = {
  _tag: "WorkerHello",
  session: "first",
  worker: "w",
  slots: 1,
  prefetch: 0,
  capabilities: { gpu: 1, memory: 4 },
  tasks: [],
}

const flags = ["--priority", "5", "--needs", "gpu=1,memory=2.5", "--timeout", "2m", "--attempts", "7", "--grace", "100ms"] // oxfmt-ignore

it.live("the flags of a submission arrive at the worker, by way of a scheduler", () =>
  Effect.gen(function* () {
    const directory = yield* Effect.acquireRelease(
      Effect.sync(() => new Directory({})),
      (one) => Effect.sync(() => one[Symbol.dispose]()),
    )
    const { address } = yield* ZmqTransport.bind(`ipc://${directory.path}/it.sock`).pipe(
      Effect.tap(Scheduler.make),
    )
    const transport = yield* ZmqTransport.connect(address, { name: "w" })
    const session = workerOverWire(transport, yield* Loop.make, schedulerPeer)
    const told = Deferred.makeUnsafe<Message.Task>()
    session.open({
      receive: (messages) => {
        const task = messages.find(({ _tag }) => _tag === "Task")
        if (task?._tag === "Task") Deferred.doneUnsafe(told, Effect.succeed(task))
      },
      lost: (reason) => Deferred.doneUnsafe(told, Effect.die(reason)),
    })
    session.send(hello)
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    const env = { SCALER_ADDRESS: address, HOME: directory.path, TRACEPARENT: traceparent }
    const { code, stderr } = yield* Effect.promise(() => scaler(directory.path, ["submit", "x", ...flags], env)) // oxfmt-ignore
    assert.deepStrictEqual([code, stderr], [0, ""])
    const { attemptsMax, capabilities, graceMs, name, priority, timeoutMs, ...task } =
      yield* Deferred.await(told)
    assert.deepStrictEqual(
      { attemptsMax, capabilities, graceMs, name, priority, timeoutMs },
      {
        attemptsMax: 7,
        capabilities: { gpu: 1, memory: 2.5 },
        graceMs: 100,
        name: "x",
        priority: 5,
        timeoutMs: 120_000,
      },
    )
    assert.strictEqual(task.traceparent, traceparent)
    session.close()
  }),
)
