/**
 * Makes futures that stay pending and prints what the heap holds of each, in bytes.
 *
 * Run by `figures/memory.ts` with `--expose-gc`: what to make, and how many.
 */
import { MemoryNetwork, MemoryTransport } from "@scaler-ts/adapter-memory"
import { Client, Future } from "@scaler-ts/future"
import { connect, type Future as PromiseFuture } from "@scaler-ts/future/promise"
import { clientOverWire, schedulerPeer, withinProcess } from "@scaler-ts/protocol"
import { Loop } from "@scaler-ts/runtime"
import { Scheduler } from "@scaler-ts/scheduler"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import process from "node:process"
import { collectGarbage } from "../harness.ts"
import { SilentSession, startSilent } from "../SilentSession.ts"
import { tasks } from "../tasks.js"

/** Makes so many, and returns what keeps them. */
type Fill = (count: number) => unknown

interface Kind {
  readonly fill: Fill
  /** Resolves when everybody has what was made. */
  readonly settled: (count: number) => Promise<void>
  readonly stop: () => Promise<void>
}

const nothing = async (): Promise<void> => {}

const submitMany = (client: Client, count: number, each: (f: Future.Future<number>) => void) => {
  for (let i = 0; i < count; i++) each(Effect.runSync(client.submit(tasks.addOne, i)))
}

const client = async (each: (future: Future.Future<number>) => void): Promise<Kind> => {
  const { client, stop } = await startSilent()
  return { fill: (count) => submitMany(client, count, each), settled: nothing, stop }
}

/** A client of the promise face. */
const promiseClient = async (each: (future: PromiseFuture<number>) => void): Promise<Kind> => {
  const client = await connect(new SilentSession())
  return {
    fill: (count) => {
      for (let i = 0; i < count; i++) each(client.submit(tasks.addOne, i))
    },
    settled: nothing,
    stop: async () => void (await client.close()),
  }
}

/** A client and a scheduler without workers, over the memory transport. */
const clientAndScheduler = async (): Promise<Kind> => {
  const scope = Effect.runSync(Scope.make())
  const make = Effect.gen(function* () {
    const loop = yield* Loop.make
    const network = yield* MemoryNetwork.make()
    const scheduler = yield* Scheduler.make(
      yield* MemoryTransport.make(network, schedulerPeer),
      withinProcess,
    )
    const transport = yield* MemoryTransport.make(network, "client")
    const client = yield* Client.make(clientOverWire(transport, loop, schedulerPeer, withinProcess))
    return { client, scheduler }
  })
  const { client, scheduler } = await Effect.runPromise(Scope.provide(make, scope))
  return {
    fill: (count) => submitMany(client, count, () => {}),
    settled: async (count) => {
      while (scheduler.status().tasks.queued < count) await nextTurn()
    },
    stop: () => Effect.runPromise(Scope.close(scope, Exit.void)),
  }
}

const inMap = (make: () => unknown): Kind => {
  const pending = new Map<number, unknown>()
  return {
    fill: (count) => {
      for (let i = 0; i < count; i++) pending.set(i, make())
    },
    settled: nothing,
    stop: async () => pending.clear(),
  }
}

const kinds: Readonly<Record<string, () => Promise<Kind>>> = {
  client: () => client(() => {}),
  clientWithListener: () =>
    client((future) => Effect.runSync(Future.onDone(future, () => void future.number))),
  clientWithFiber: () => client((future) => void Effect.runFork(Future.await(future))),
  promiseClient: () => promiseClient(() => {}),
  promiseClientAwaited: () =>
    promiseClient((future) => void future.then((value) => value.toString())),
  clientAndScheduler,
  deferred: async () => inMap(() => Deferred.makeUnsafe()),
  promise: async () => inMap(() => withResolvers()),
}

/** As `Promise.withResolvers`, which the types of es2023 do not know. */
const withResolvers = (): unknown => {
  let resolvers: unknown
  const promise = new Promise((resolve, reject) => {
    resolvers = { resolve, reject }
  })
  return { promise, resolvers }
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** What is in use once nothing more can be collected. */
const inUse = async (): Promise<{ readonly heap: number; readonly buffers: number }> => {
  // Finalizers and weak references need more than one collection.
  for (let i = 0; i < 4; i++) {
    collectGarbage()
    await nextTurn()
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return { heap: heapUsed, buffers: arrayBuffers }
}

const name = process.argv[2] ?? ""
const count = Number(process.argv[3])
const make = kinds[name]
if (make === undefined) throw new Error(`${name}: there is ${Object.keys(kinds).join(", ")}`)
const kind = await make()
// So that code and tables that are made once do not count.
kind.fill(1_000)
await kind.settled(1_000)
const before = await inUse()
kind.fill(count)
await kind.settled(count + 1_000)
const after = await inUse()
console.log(
  JSON.stringify({
    heap: (after.heap - before.heap) / count,
    buffers: (after.buffers - before.buffers) / count,
  }),
)
// Nothing of it would ever end by itself; what it holds is all in this process.
process.exit()
