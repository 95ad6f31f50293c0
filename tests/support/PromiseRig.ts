/** The promise face of a real client, against a scheduler that is driven by hand; in real time. */
import { MemoryTransport } from "@scaler-ts/adapter-memory"
import { type Client, connect, type Future } from "@scaler-ts/future/promise"
import { schedulerPeer, withinProcess } from "@scaler-ts/protocol"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { assert } from "vitest"
import type { HandScheduler } from "./HandScheduler.ts"
import { stopped } from "./messages.ts"
import { bare, only, type RigOptions, work } from "./Rig.ts"
import { settle, until } from "./turns.ts"

export interface PromiseRig extends AsyncDisposable {
  readonly client: Client
  readonly scheduler: HandScheduler
  /** Submits so many tasks and resolves, once the scheduler has heard of them, with their futures. */
  readonly submit: (count?: number) => Promise<ReadonlyArray<Future<number>>>
  /** The same of one task, in an object: a promise of a future is one of its value. */
  readonly submitOne: () => Promise<{ readonly future: Future<number> }>
  /** Takes the connection away for good. */
  readonly cut: () => Promise<void>
}

/** Lets everything that is under way, and does not wait for time, come to rest. */
export const atRest = (): Promise<void> => Effect.runPromise(settle)

/** Goes on, turn by turn, until something holds. */
export const comesTrue = (what: string, holds: () => boolean): Promise<void> =>
  Effect.runPromise(until(what, holds))

/** A connected client. At the end of the block what is open is cancelled and confirmed, and the connection cut. */
export const make = async (options: RigOptions = {}): Promise<PromiseRig> => {
  const scope = Effect.runSync(Scope.make())
  const { scheduler, network } = await Effect.runPromise(Scope.provide(bare(options), scope))
  const client = await connect(MemoryTransport.layer(network, "client"), {
    ...withinProcess,
    ...options,
  })
  const cut = async (): Promise<void> => {
    network.cut("client", schedulerPeer)
    await atRest()
  }
  const submit = async (count = 1): Promise<ReadonlyArray<Future<number>>> => {
    const heard = (): number => scheduler.heardOf("Task").length
    const before = heard()
    const futures = Array.from({ length: count }, (_, input) => client.submit(work, input))
    await comesTrue("the tasks have arrived", () => heard() === before + count)
    return futures
  }
  return {
    client,
    scheduler,
    submit,
    submitOne: async () => ({ future: only(await submit()) }),
    cut,
    [Symbol.asyncDispose]: async () => {
      const closing = client.close()
      await atRest()
      scheduler.say(...scheduler.cancels.map((task) => stopped(task)))
      await atRest()
      await cut()
      await closing
      await Effect.runPromise(Scope.close(scope, Exit.void))
    },
  }
}

/** The error that a promise rejects with. */
export const rejection = (promise: PromiseLike<unknown>): Promise<unknown> =>
  Promise.resolve(promise).then(
    () => assert.fail("it did not reject"),
    (error: unknown) => error,
  )
