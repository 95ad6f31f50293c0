import type { Nesting } from "@scaler-ts/protocol"
import type { TaskContext } from "@scaler-ts/protocol/tasks"
import { Loop } from "@scaler-ts/runtime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import type { WithinOptions } from "../Client.ts"
import { ClientShell } from "../internal/ClientShell.ts"
import { nestingOf } from "../internal/nestingOf.ts"
import { type Client, PromiseClient } from "./Client.ts"

/** One for each task, however often it asks, until it is closed. */
const clients = new WeakMap<Nesting, Client>()

/**
 * The client within a running task: what it submits are the children of that task, for whichever worker.
 *
 * `task` is what the task's function is called with behind its input. While anybody waits for a child the task
 * gives its slot back, to tasks that are nested, so parents never starve their children (R31). A task may have
 * 10,000 unfinished children, and 64 MiB of their inputs: what is beyond that waits here. The task's signal
 * cancels its children, and who awaits one is told when it has stopped. What has not ended when the function
 * returns is cancelled, and its stop is waited for before the end of the task is told. A child that
 * would be nested too deep fails (`nestingMax` of executors). `options` count the first time only.
 */
export const clientWithin = (task: TaskContext, options: WithinOptions = {}): Client => {
  const nesting = nestingOf(task)
  const known = clients.get(nesting)
  if (known !== undefined) return known
  const scope = Effect.runSync(Scope.make())
  const loop = Effect.runSync(Scope.provide(Loop.make, scope))
  const shell = new ClientShell(nesting.connect(), loop, options, nesting)
  const leave = (): Promise<void> => {
    // Whoever asks after that, as another function of the same task may, has one of its own.
    clients.delete(nesting)
    return Effect.runPromise(Scope.close(scope, Exit.void))
  }
  const client = new PromiseClient(shell, leave, task.signal)
  clients.set(nesting, client)
  return client
}
