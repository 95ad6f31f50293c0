/** What it costs that sessions outlive their connections: the same cluster with and without, over the memory transport. */
import { MemoryNetwork, MemoryTransport } from "@scaler-ts/adapter-memory"
import { Client, Future } from "@scaler-ts/future"
import { clientOverWire, resumeMsDefault, schedulerPeer, workerOverWire } from "@scaler-ts/protocol"
import { Loop } from "@scaler-ts/runtime"
import { Scheduler } from "@scaler-ts/scheduler"
import { inline, Worker } from "@scaler-ts/worker"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import { Measured, type Take } from "../Figure.ts"
import { closedLoop, interleave, type Launch, p50 } from "../harness.ts"
import { tasks } from "../tasks.js"

const durationMs = 1_000
const latencyCount = 5_000

const make = (resumeMs: number): Effect.Effect<Client, unknown, Scope.Scope> =>
  Effect.gen(function* () {
    const loop = yield* Loop.make
    const network = yield* MemoryNetwork.make()
    const join = (name: string) => MemoryTransport.make(network, name)
    yield* Scheduler.make(yield* join(schedulerPeer), { resumeMs })
    const session = workerOverWire(yield* join("worker"), loop, schedulerPeer, { resumeMs })
    yield* Worker.make(session, {
      name: "worker",
      tasks,
      executor: inline({ slots: 16 }),
      prefetch: 1_024,
    })
    return yield* Client.make(
      clientOverWire(yield* join("client"), loop, schedulerPeer, { resumeMs }),
    )
  })

interface Running {
  readonly launch: Launch
  readonly stop: () => Promise<void>
}

/** A client, a scheduler and an inline worker, each on a transport of its own. */
const start = async (resumeMs: number): Promise<Running> => {
  const scope = Effect.runSync(Scope.make())
  const client = await Effect.runPromise(Scope.provide(make(resumeMs), scope))
  const launch: Launch = (done) => {
    Effect.runSync(
      Effect.flatMap(client.submit(tasks.addOne, 1), (future) => Future.onDone(future, done)),
    )
  }
  return { launch, stop: () => Effect.runPromise(Scope.close(scope, Exit.void)) }
}

export const takeResume: Take = async ({ rounds }) => {
  const resuming = await start(resumeMsDefault)
  const plain = await start(0)
  const rateOf =
    ({ launch }: Running) =>
    () =>
      closedLoop(launch, 1_000, durationMs)
  const timeOf =
    ({ launch }: Running) =>
    () =>
      p50(() => new Promise<void>((resolve) => launch(resolve)), latencyCount)
  try {
    const rate = await interleave(rounds, { resuming: rateOf(resuming), plain: rateOf(plain) })
    const time = await interleave(rounds, { resuming: timeOf(resuming), plain: timeOf(plain) })
    return [
      new Measured("frames kept, 1,000 in flight", "tasks/s", rate.resuming).beside("not kept", rate.plain), // oxfmt-ignore
      new Measured("frames kept, 1 in flight, p50", "µs", time.resuming).beside("not kept", time.plain), // oxfmt-ignore
    ]
  } finally {
    await Promise.all([resuming.stop(), plain.stop()])
  }
}
