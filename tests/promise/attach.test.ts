/** Detach and attach in the promise face, and over a whole cluster. */
import { MemoryNetwork, MemoryTransport } from "@scaler-ts/adapter-memory"
import {
  type Client,
  connect,
  InvalidTaskId,
  TaskCancelled,
  TaskLost,
} from "@scaler-ts/future/promise"
import { schedulerPeer, withinProcess, workerOverWire } from "@scaler-ts/protocol"
import { defineTasks, type TaskContext } from "@scaler-ts/protocol/tasks"
import { Loop } from "@scaler-ts/runtime"
import { Scheduler } from "@scaler-ts/scheduler"
import { inline, Worker } from "@scaler-ts/worker"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { setTimeout } from "node:timers/promises"
import { assert, test } from "vitest"
import * as PromiseRig from "../support/PromiseRig.ts"
import { work } from "../support/Rig.ts"

const tasks = defineTasks(import.meta.url, {
  double: (n: number) => 2 * n,
  wait: (ms: number, { signal, log }: TaskContext) => {
    log("begins")
    return setTimeout(ms, "waited", { signal })
  },
})

interface Town extends AsyncDisposable {
  readonly client: (name: string) => Promise<Client>
}

/** A scheduler, a worker, and as many clients as are asked for. */
const town = async (): Promise<Town> => {
  const scope = Effect.runSync(Scope.make())
  const network = await Effect.runPromise(
    Scope.provide(
      Effect.gen(function* () {
        const network = yield* MemoryNetwork.make()
        yield* Scheduler.make(yield* MemoryTransport.make(network, schedulerPeer), withinProcess)
        const session = workerOverWire(
          yield* MemoryTransport.make(network, "worker"),
          yield* Loop.make,
          schedulerPeer,
          withinProcess,
        )
        yield* Worker.make(session, { name: "worker", tasks, executor: inline() })
        return network
      }),
      scope,
    ),
  )
  return {
    client: (name) => connect(MemoryTransport.layer(network, name), withinProcess),
    [Symbol.asyncDispose]: () => Effect.runPromise(Scope.close(scope, Exit.void)),
  }
}

test("a task outlives the client that submitted it, and another one gets its value", async () => {
  await using cluster = await town()
  const first = await cluster.client("first")
  const future = first.submit(tasks.wait, 50, { detached: true })
  const { id } = future
  await first.close()
  const outcome = await future.outcome()
  assert(outcome._tag === "Lost" && outcome.error.reason === "detached")

  await using second = await cluster.client("second")
  assert.strictEqual(await second.attach(id, tasks.wait), "waited")
  assert.strictEqual(await second.attach(id), "waited", "and once more, when it has ended")
  await assertNotAttached(second.attach(id, tasks.double), /is a task "wait" and no "double"/)
  await assertNotAttached(second.attach(`${id}0`), /knows no task/)
})

test("one client cancels what another has submitted, and both are told", async () => {
  await using cluster = await town()
  await using first = await cluster.client("first")
  await using second = await cluster.client("second")
  const begun = Promise.withResolvers<string>()
  const future = first.submit(tasks.wait, 60_000, { onLog: begun.resolve })
  assert.strictEqual(await begun.promise, "begins")
  const receipt = await second.attach(future.id, tasks.wait).cancel()
  assert.strictEqual(receipt._tag, "Stopped")
  const error = await PromiseRig.rejection(future)
  assert(error instanceof TaskCancelled && error.receipt === undefined)
})

const assertNotAttached = async (future: PromiseLike<unknown>, why: RegExp): Promise<void> => {
  const error = await PromiseRig.rejection(future)
  assert(error instanceof TaskLost && error.reason === "notAttached")
  assert.match(error.message, why)
}

test("the end of a block leaves a detached future as it is, and cancels one that is not", async () => {
  await using rig = await PromiseRig.make()
  const { client, scheduler } = rig
  {
    await using late = client.submit(work, 1)
    late.detach()
    await using detached = client.submit(work, 2, { detached: true })
    await using attached = client.attach("a.1", work)
    assert.deepStrictEqual([late.state, detached.state, attached.state], Array(3).fill("pending"))
  }
  await PromiseRig.atRest()
  assert.deepStrictEqual(scheduler.cancels, [])
  assert.strictEqual(client.status().futures.pending, 3)
})

test("an id that is none is thrown, and so is an option that nobody can mean", async () => {
  await using rig = await PromiseRig.make()
  assert.throws(() => rig.client.attach("none"), InvalidTaskId, '"none" is no task\'s id')
  assert.throws(() => rig.client.submit(work, 1, { detached: 1 as never }), RangeError, "detached")
})
