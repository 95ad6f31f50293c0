/** What runs on the nodes of a cluster. */
import type { WorldNode } from "@scaler-ts/adapter-memory"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"

/** One side of the cluster: where it runs, and what keeps it running. */
export interface Part<A> {
  readonly node: WorldNode
  readonly scope: Scope.Closeable
  readonly fiber: Fiber.Fiber<A, unknown>
}

export const started = <A>(
  node: WorldNode,
  make: (node: WorldNode) => Effect.Effect<A, unknown, Scope.Scope>,
): Part<A> => {
  const scope = Effect.runSync(Scope.make())
  return { node, scope, fiber: node.run(Scope.provide(make(node), scope)) }
}

/** Whether it is connected: not while it greets, and not if nobody let it in. */
export const isStarted = (fiber: Fiber.Fiber<unknown, unknown>): boolean => {
  const exit = fiber.pollUnsafe()
  return exit !== undefined && Exit.isSuccess(exit)
}

export const valueOf = <A>(fiber: Fiber.Fiber<A, unknown>): A => {
  const exit = fiber.pollUnsafe()
  if (exit === undefined) throw new Error("it is not connected yet")
  if (Exit.isSuccess(exit)) return exit.value
  throw new Error("it could not be started", { cause: exit.cause })
}
