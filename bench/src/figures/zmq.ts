/** P3 to P6: client, scheduler and worker as three processes over ZeroMQ, beside the bare chains. */
import { ZmqTransport } from "@scaler-ts/adapter-zmq"
import { Client, Future } from "@scaler-ts/future"
import { clientOverWire, schedulerPeer } from "@scaler-ts/protocol"
import { Loop } from "@scaler-ts/runtime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { type BareClient, bareClient, type Kind, launchBare } from "../bareZmq.ts"
import { type StartedChild, startChild } from "../child.ts"
import { startBull } from "../bullmq.ts"
import { Missing } from "../cancel/System.ts"
import { launchTrivial, runTrivial } from "../cluster.ts"
import { Measured, type Take } from "../Figure.ts"
import { closedLoop, interleave, type Launch, p50, pause } from "../harness.ts"
import { launchInPool, startPool } from "../pool.ts"
import { tasks } from "../tasks.js"
import { compare, cooperative } from "./cancel.ts"

const durationMs = 1_000
/** It takes its time to begin with the first of a thousand. */
const bullMs = 4_000
const latencyCount = 1_000
const longBytes = 1_048_576
/** So many long payloads at a time. */
const longInFlight = 4

interface Ours {
  readonly client: Client
  readonly stop: () => Promise<void>
}

const startOurs = async (slots: number): Promise<Ours> => {
  const scheduler = await startChild("children/zmqScheduler.ts")
  const worker = await startChild("children/zmqWorker.ts", scheduler.printed, String(slots))
  const scope = Effect.runSync(Scope.make())
  const made = Effect.gen(function* () {
    const transport = yield* ZmqTransport.connect(scheduler.printed)
    return yield* Client.make(clientOverWire(transport, yield* Loop.make, schedulerPeer))
  })
  const client = await Effect.runPromise(Scope.provide(made, scope))
  return {
    client,
    stop: async () => {
      await Effect.runPromise(Scope.close(scope, Exit.void))
      await Promise.all([worker.stop(), scheduler.stop()])
    },
  }
}

const startBare = async (kind: Kind): Promise<BareClient & Pick<StartedChild, "stop">> => {
  const scheduler = await startChild("children/bareZmq.ts", "scheduler", kind)
  const worker = await startChild("children/bareZmq.ts", "worker", kind, scheduler.printed)
  const client = bareClient(scheduler.printed, kind)
  const stop = async (): Promise<void> => {
    client.close()
    await Promise.all([worker.stop(), scheduler.stop()])
  }
  return { ...client, stop }
}

/** Submits a payload and listens for its coming back. */
const launchLong =
  ({ client }: Ours): Launch =>
  (done) => {
    // Each is its own: what is sent belongs to the transport.
    const bytes = new Uint8Array(longBytes)
    Effect.runSync(
      Effect.flatMap(client.submit(tasks.echo, bytes), (future) => Future.onDone(future, done)),
    )
  }

const megabytes = (tasksPerSecond: number): number => (tasksPerSecond * 2 * longBytes) / 1e6

/** What there is no Redis for is not measured, and that is said. */
const without = (error: unknown): undefined => {
  if (!(error instanceof Missing)) throw error
  console.error(`BullMQ is left out: ${error.message}`)
}

export const takeZmq: Take = async ({ rounds }) => {
  const ours = await startOurs(1_000)
  const narrow = await startOurs(1)
  const batched = await startBare("batched")
  const raw = await startBare("raw")
  const pool = await startPool(1)
  const bull = await startBull().catch(without)
  const bareLong: Launch = (done) => raw.launch(new Uint8Array(longBytes), done)
  const bareTrip = (): Promise<void> =>
    new Promise((resolve) => batched.launch(new Uint8Array([1]), resolve))
  try {
    const rate = await interleave(rounds, {
      ours: () => closedLoop(launchTrivial(ours), 1_000, durationMs),
      batched: () => closedLoop(launchBare(batched), 1_000, durationMs),
      raw: () => closedLoop(launchBare(raw), 1_000, durationMs),
      piscina: () => closedLoop(launchInPool(pool), 1_000, durationMs),
      bull: () =>
        bull === undefined ? Promise.resolve(0) : closedLoop(bull.launch, 1_000, bullMs),
    })
    const time = await interleave(rounds, {
      ours: () => p50(runTrivial(ours), latencyCount),
      batched: () => p50(bareTrip, latencyCount),
    })
    const long = await interleave(rounds, {
      ours: async () => megabytes(await closedLoop(launchLong(ours), longInFlight, durationMs)),
      raw: async () => megabytes(await closedLoop(bareLong, longInFlight, durationMs)),
    })
    // A message is there long before.
    const stops = await interleave(
      rounds,
      cooperative(narrow, () => pause(3)),
    )
    const many = new Measured("three processes, tcp, 1,000 in flight", "tasks/s", rate.ours)
    const one = new Measured("three processes, tcp, 1 in flight, p50", "µs", time.ours)
    const mega = new Measured("three processes, tcp, 1 MiB each way", "MB/s", long.ours)
    return [
      many.alone("P3", { atLeast: 150_000 }),
      many.beside("bare chain, msgpack, batched", rate.batched, "P3", { atLeast: 0.5 }),
      many.beside("bare chain, one frame per message", rate.raw, "P3", { atLeast: 4 }),
      many.beside("piscina, 1 thread of one process", rate.piscina),
      ...(bull === undefined ? [] : [many.beside("BullMQ, its worker in a process", rate.bull)]),
      one.alone(),
      one.beside("bare chain, msgpack, batched", time.batched, "P4", { atMost: 1.3 }),
      mega.alone(),
      mega.beside("bare chain, one frame per message", long.raw, "P5", { atLeast: 0.7 }),
      ...compare("tcp", stops),
    ]
  } finally {
    await Promise.all([
      ours.stop(),
      narrow.stop(),
      batched.stop(),
      raw.stop(),
      pool.destroy(),
      bull?.stop(),
    ])
  }
}
