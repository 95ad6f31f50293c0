/** The smallest cluster: one client and one worker. */
import { type CancelPolicy, type Client, Future, type Receipt } from "@scaler-ts/future"
import type { Worker } from "@scaler-ts/worker"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import type { Peers } from "../Peers.ts"
import { Assembly, type AssemblySettings, type Part, type WorkerSettings } from "./Assembly.ts"
import type { ScriptTasks } from "./Script.ts"

export interface Pair {
  readonly town: Assembly
  readonly tasks: ScriptTasks
  readonly client: Client
  readonly worker: Worker.Worker
  readonly clientPart: Part<Client>
  readonly workerPart: Part<Worker.Worker>
  /** A task "work" that is deaf, runs, and has been asked to stop, with the cancel that waits for it. */
  readonly deafAsked: Effect.Effect<
    {
      readonly future: Future.Future<string>
      readonly asked: Fiber.Fiber<Receipt<string>>
    },
    unknown
  >
}

export interface PairSettings extends WorkerSettings, AssemblySettings {
  readonly policy?: CancelPolicy
}

/** A client "client" and a worker "worker", connected. */
export const pair = (
  peers: Peers,
  { policy = "cancel-wins", resumeMs = 0, ...settings }: PairSettings = {},
): Effect.Effect<Pair, unknown, Scope.Scope> =>
  Effect.gen(function* () {
    const town = yield* Assembly.make(peers, { resumeMs })
    const workerPart = yield* town.worker("worker", settings)
    const clientPart = yield* town.client("client", { policy })
    const { it: client } = clientPart
    const { it: worker } = workerPart
    const { tasks } = town.script
    const deafAsked = Effect.gen(function* () {
      const future = yield* client.submit(tasks.deaf, "work")
      yield* town.recorded("began work")
      const asked = yield* cancelling(future)
      yield* town.until("the worker has asked it to stop, or been refused", () => {
        return worker.status().attempts.stopping === 1 || Future.state(future) === "running"
      })
      return { future, asked }
    })
    return { town, tasks, client, worker, clientPart, workerPart, deafAsked }
  })

/** Starts a cancel and goes on at once. */
export const cancelling = <A>(
  future: Future.Future<A>,
  options?: Future.CancelOptions,
): Effect.Effect<Fiber.Fiber<Receipt<A>>> =>
  Effect.forkChild(Future.cancel(future, options), { startImmediately: true })
