// Nonsense on a port where work goes on: it costs who says it its connection, and nobody else anything (G10).
import { type BindOptions, type ConnectOptions, ZmqTransport } from "@scaler-ts/adapter-zmq"
import { it } from "@effect/vitest"
import { type Client, connect } from "@scaler-ts/future/promise"
import { schedulerPeer, workerOverWire } from "@scaler-ts/protocol"
import { Loop } from "@scaler-ts/runtime"
import { Scheduler } from "@scaler-ts/scheduler"
import { inline, Worker } from "@scaler-ts/worker"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { assert } from "vitest"
import { anna, ben, bindKeys, keysOf } from "../../packages/adapter-zmq/test/fixtures/keys.ts"
import { anyPort, until } from "../../packages/adapter-zmq/test/fixtures/peers.ts"
import { nextFrom } from "../../packages/protocol/test/mutate.ts"
import { seedOf } from "../../packages/protocol/test/seed.ts"
import { belongings, leftBehind } from "../support/belongings.ts"
import { tasks } from "./fixtures/tasks.ts"
import { fuzz, saidTo } from "./fuzz.ts"

const clusterOf = (bindOptions: BindOptions, ofWorker: ConnectOptions, ofClient: ConnectOptions) =>
  Effect.gen(function* () {
    const transport = yield* ZmqTransport.bind(anyPort, bindOptions)
    const applicants: Array<string> = []
    const scheduler = yield* Scheduler.make(transport, {
      resumeMs: 100,
      // Whoever says so is a worker, and may be sent anything. What those may do is for keys to settle.
      admission: ({ role, name }) => {
        applicants.push(name)
        return role === "client" || name === "worker" ? undefined : "it is not listed"
      },
    })
    const { address } = transport
    const toWork = yield* ZmqTransport.connect(address, { ...ofWorker, name: "worker" })
    const session = workerOverWire(toWork, yield* Loop.make, schedulerPeer)
    yield* Worker.make(session, { name: "worker", tasks, executor: inline({ slots: 4 }) })
    const client = yield* Effect.acquireRelease(
      Effect.promise(() => connect(ZmqTransport.layer(address, ofClient))),
      (one) => Effect.promise(() => one.close()),
    )
    return { address, scheduler, applicants, client }
  })

/** Submits task after task, until it is told that it is enough. Resolves with how many had which end. */
const work = async (client: Client, isEnough: () => boolean) => {
  let [right, wrong] = [0, 0]
  const lane = async (): Promise<void> => {
    while (!isEnough()) {
      const n = right + wrong
      if ((await client.submit(tasks.square, n)) === n * n) right++
      else wrong++
    }
  }
  await Promise.all(Array.from({ length: 8 }, lane))
  return { right, wrong }
}

setFlagsFromString("--expose-gc")
const collect: () => void = runInNewContext("gc")

const mebibytes = (): number => {
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return (heapUsed + external) / 1_048_576
}

const goesOn = (...options: Parameters<typeof clusterOf>) =>
  Effect.gen(function* () {
    const { address, scheduler, applicants, client } = yield* clusterOf(...options)
    const said = yield* Effect.promise(() => saidTo(address, options[2]))
    const sane = applicants.length
    const next = nextFrom(seedOf("nonsense"))
    /** Whether the scheduler knows of nobody but those who belong here. */
    const isQuiet = (): boolean => scheduler.status().clients === 1
    yield* until(isQuiet)
    const before = belongings()
    let isEnough = false
    const working = yield* Effect.forkChild(Effect.promise(() => work(client, () => isEnough)))
    const round = Effect.andThen(fuzz({ address, said }, next), until(isQuiet))
    yield* round
    const used = mebibytes()
    yield* round
    assert.isBelow(mebibytes() - used, 4, "MiB that a round leaves behind")
    isEnough = true
    const { right, wrong } = yield* Fiber.join(working)
    assert.strictEqual(wrong, 0)
    assert.isAbove(right, 100)
    assert.deepStrictEqual(yield* Effect.promise(() => leftBehind(before)), [])
    yield* until(() => isQuiet() && scheduler.status().ownerless === 0)
    const { tasks: counts, kept, workers } = scheduler.status()
    assert.deepStrictEqual(counts, { queued: 0, running: 0, recalling: 0, cancelling: 0 })
    assert.deepStrictEqual(kept, { ends: 0, bytes: 0 })
    assert.deepStrictEqual(
      workers.map(({ name, attempts }) => [name, attempts]),
      [["worker", 0]],
    )
    return applicants.length - sane
  })

it.live("work goes on while others say what makes no sense", () =>
  Effect.gen(function* () {
    const strangers = yield* goesOn({}, {}, {})
    assert.isAbove(strangers, 5, "of what is said some makes sense at first")
  }),
)

it.live("with keys it does, too, and nobody else is heard", () =>
  Effect.gen(function* () {
    assert.strictEqual(yield* goesOn(bindKeys, keysOf(anna), keysOf(ben)), 0)
  }),
)
