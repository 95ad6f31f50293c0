// What a key is listed as is what its holder may be, without a word of whoever makes the scheduler.
import { type ConnectOptions, ZmqKeys, ZmqTransport } from "@scaler-ts/adapter-zmq"
import { it } from "@effect/vitest"
import { type Client, connect } from "@scaler-ts/future/promise"
import { type Admission, schedulerPeer, workerOverWire } from "@scaler-ts/protocol"
import { Loop } from "@scaler-ts/runtime"
import { Scheduler } from "@scaler-ts/scheduler"
import { inline, Worker } from "@scaler-ts/worker"
import * as Effect from "effect/Effect"
import { assert } from "vitest"
import { anyPort } from "../../packages/adapter-zmq/test/fixtures/peers.ts"
import { Proxy } from "../../packages/adapter-zmq/test/fixtures/Proxy.ts"
import { tasks } from "./fixtures/tasks.ts"

const keys = ZmqKeys.generate()
const ofClient = ZmqKeys.generate()
const ofWorker = ZmqKeys.generate()

const by = (mine: ZmqKeys.KeyPair): ConnectOptions => ({ keys: mine, server: keys.publicKey })

/** A scheduler in which one key may be a client, and another a worker. Resolves with its address. */
const scheduler = (admission?: Admission.Admission) =>
  Effect.gen(function* () {
    const transport = yield* ZmqTransport.bind(anyPort, {
      keys,
      allowed: { clients: [ofClient.publicKey], workers: [ofWorker.publicKey] },
    })
    yield* Scheduler.make(transport, admission === undefined ? {} : { admission })
    return transport.address
  })

const client = (address: string, mine: ZmqKeys.KeyPair) =>
  Effect.acquireRelease(
    Effect.tryPromise({
      try: () => connect(ZmqTransport.layer(address, by(mine))),
      catch: String,
    }),
    (one: Client) => Effect.promise(() => one.close()),
  )

const worker = (address: string, mine: ZmqKeys.KeyPair) =>
  Effect.gen(function* () {
    const transport = yield* ZmqTransport.connect(address, { ...by(mine), name: "worker" })
    const session = workerOverWire(transport, yield* Loop.make, schedulerPeer)
    return yield* Worker.make(session, { name: "worker", tasks, executor: inline({ slots: 1 }) })
  })

it.live("a client and a worker work by the keys that they are listed with", () =>
  Effect.gen(function* () {
    const address = yield* scheduler()
    yield* worker(address, ofWorker)
    const one = yield* client(address, ofClient)
    assert.strictEqual(yield* Effect.promise(() => one.submit(tasks.square, 7)), 49)
  }),
)

it.live("who is listed as something else is refused, and told why", () =>
  Effect.gen(function* () {
    const address = yield* scheduler()
    const refused = yield* Effect.flip(client(address, ofWorker))
    assert.include(refused, `the key ${ofWorker.publicKey} is not among those`)
    assert.include(refused, "lets in as clients; have it listed there")
    const reason = yield* Effect.flip(worker(address, ofClient))
    assert.include(reason.message, `the key ${ofClient.publicKey} is not among those`)
    assert.include(reason.message, "lets in as workers")
  }),
)

it.live("what a scheduler is told of who is let in comes on top", () =>
  Effect.gen(function* () {
    const address = yield* scheduler(() => "not today")
    assert.include(yield* Effect.flip(client(address, ofClient)), "not today")
    assert.include(yield* Effect.flip(client(address, ofWorker)), "is not among those")
  }),
)

it.live("a session goes on in the next connection of its key", () =>
  Effect.gen(function* () {
    const address = yield* scheduler()
    yield* worker(address, ofWorker)
    const proxy = yield* Effect.acquireRelease(
      Effect.promise(() => Proxy.open(anyPort, address)),
      (one) => Effect.sync(() => one.close()),
    )
    const one = yield* client(proxy.address, ofClient)
    const future = one.submit(tasks.square, 7)
    proxy.cut()
    assert.strictEqual(yield* Effect.promise(() => future), 49)
    assert.strictEqual(yield* Effect.promise(() => one.submit(tasks.square, 8)), 64)
    assert.strictEqual(proxy.opened, 2)
  }),
)
