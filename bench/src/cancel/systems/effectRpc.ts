/** Effect's RPC to a thread, cancelled by interrupting the fiber that called. */
import * as NodeWorker from "@effect/platform-node/NodeWorker"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as RpcClient from "effect/rpc/RpcClient"
import * as Scope from "effect/Scope"
import { Worker } from "node:worker_threads"
import { type System, type Told, withVersion } from "../System.ts"
import { Functions } from "../workers/effectGroup.ts"

const entry = new URL("../workers/effect.ts", import.meta.url)

const protocol = RpcClient.layerProtocolWorker({ size: 1, concurrency: 1 }).pipe(
  Layer.provide(NodeWorker.layer(() => new Worker(entry))),
)

const connect = Effect.gen(function* () {
  const services = yield* Layer.build(protocol)
  return yield* Effect.provide(RpcClient.make(Functions), services)
})

const told = (exit: Exit.Exit<string, unknown>): Told => {
  if (Exit.isSuccess(exit)) return { said: JSON.stringify(exit.value), claim: "ended" }
  const said = Cause.hasInterruptsOnly(exit.cause) ? "interrupted" : "failed"
  return { said, claim: "cancelled" }
}

export const effectRpc: System = {
  name: `${withVersion("effect")} RPC`,
  triesAgain: false,
  start: async () => {
    const scope = Effect.runSync(Scope.make())
    const client = await Effect.runPromise(Scope.provide(connect, scope))
    return {
      submit: (name, input) => {
        const fiber = Effect.runFork(client.call({ name, ...input }))
        return {
          // Interrupting a fiber waits for it to exit, and so for its finalizers.
          cancel: () =>
            Effect.runPromise(
              Effect.map(Effect.andThen(Fiber.interrupt(fiber), Fiber.await(fiber)), told),
            ),
        }
      },
      stop: () => Effect.runPromise(Scope.close(scope, Exit.void)),
    }
  },
}
