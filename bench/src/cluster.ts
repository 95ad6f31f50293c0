/** The embedded cluster as the figures use it: the plain API, from plain functions. */
import { Client, Future } from "@scaler-ts/future"
import { type Cluster, type LocalOptions, start as startLocal } from "@scaler-ts/local"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import type { Launch } from "./harness.ts"
import { tasks } from "./tasks.js"

/** A cluster in both faces. */
export interface BothFaces extends Cluster {
  readonly client: Client
}

export const startCluster = async (options: Omit<LocalOptions, "tasks">): Promise<BothFaces> => {
  const cluster = await startLocal({ ...options, tasks })
  return Object.assign(cluster, { client: await cluster.run(Effect.service(Client)) })
}

/** Submits the trivial task and listens for its end. */
export const launchTrivial =
  ({ client }: Pick<BothFaces, "client">): Launch =>
  (done) => {
    Effect.runSync(
      Effect.flatMap(client.submit(tasks.addOne, 1), (future) => Future.onDone(future, done)),
    )
  }

/** Tasks per second with so many in flight, submitted by a program as programs are written: in a fiber. */
export const loopTrivial = (
  cluster: BothFaces,
  inFlight: number,
  durationMs: number,
): Promise<number> =>
  cluster.run(
    Effect.gen(function* () {
      const client = yield* Client
      const ends = yield* Queue.unbounded<true>()
      const onEnd = (): void => void Queue.offerUnsafe(ends, true)
      const launch = Effect.flatMap(client.submit(tasks.addOne, 1), (future) =>
        Future.onDone(future, onEnd),
      )
      const begin = performance.now()
      for (let i = 0; i < inFlight; i++) yield* launch
      let finished = 0
      let elapsedMs = 0
      while (elapsedMs < durationMs) {
        const ended = yield* Queue.takeAll(ends)
        finished += ended.length
        for (let i = 0; i < ended.length; i++) yield* launch
        elapsedMs = performance.now() - begin
      }
      const rate = (finished / elapsedMs) * 1000
      for (let left = inFlight; left > 0; left -= (yield* Queue.takeAll(ends)).length);
      return rate
    }),
  )

/** Runs the trivial task and waits for its end. */
export const runTrivial = (cluster: Pick<BothFaces, "client">): (() => Promise<void>) => {
  const launch = launchTrivial(cluster)
  return () => new Promise((resolve) => launch(resolve))
}

/** Tasks per second of `client.map`: a fiber per task, so many of them at a time. */
export const mapTrivial = async (
  { client }: BothFaces,
  concurrency: number,
  count: number,
): Promise<number> => {
  const inputs = Array.from({ length: count }, (_, i) => i)
  const begin = performance.now()
  await Effect.runPromise(client.map(tasks.addOne, inputs, { concurrency }))
  return (count / (performance.now() - begin)) * 1000
}
