/** The embedded cluster as the figures use it: the plain API, from plain functions. */
import { Future } from "@scaler-ts/future"
import { type Cluster, type LocalOptions, start as startLocal } from "@scaler-ts/local"
import * as Effect from "effect/Effect"
import type { Launch } from "./harness.ts"
import { tasks } from "./tasks.js"

export const startCluster = (options: Omit<LocalOptions, "tasks">): Promise<Cluster> =>
  startLocal({ ...options, tasks })

/** Submits the trivial task and listens for its end. */
export const launchTrivial =
  ({ client }: Cluster): Launch =>
  (done) => {
    Effect.runSync(
      Effect.flatMap(client.submit(tasks.addOne, 1), (future) => Future.onDone(future, done)),
    )
  }

/** Runs the trivial task and waits for its end. */
export const runTrivial = (cluster: Cluster): (() => Promise<void>) => {
  const launch = launchTrivial(cluster)
  return () => new Promise((resolve) => launch(resolve))
}

/** Tasks per second of `client.map`: a fiber per task, so many of them at a time. */
export const mapTrivial = async (
  { client }: Cluster,
  concurrency: number,
  count: number,
): Promise<number> => {
  const inputs = Array.from({ length: count }, (_, i) => i)
  const begin = performance.now()
  await Effect.runPromise(client.map(tasks.addOne, inputs, { concurrency }))
  return (count / (performance.now() - begin)) * 1000
}
