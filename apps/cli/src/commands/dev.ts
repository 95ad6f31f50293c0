/** `scaler-ts dev`: a scheduler, a worker that is started again when its tasks change, and a view of them. */
import { ZmqTransport } from "@scaler-ts/adapter-zmq"
import { Operator } from "@scaler-ts/operator"
import { Scheduler } from "@scaler-ts/scheduler"
import { watch } from "chokidar"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { relative } from "node:path"
import { bindOptions, connectOptions, settled } from "../cluster.ts"
import { type ExitCode, exitCodes } from "../CommandError.ts"
import type { Invocation } from "../invocation.ts"
import { logLayer } from "../log.ts"
import { assertModules } from "../loadTask.ts"
import { prepareSocket, untilTold } from "../serving.ts"
import { workerKeys } from "../settings/settings.ts"
import { live } from "../top/live.ts"
import { countText } from "../top/words.ts"
import { DevWorker } from "./DevWorker.ts"

export const dev = (modules: ReadonlyArray<string>, invocation: Invocation): Promise<ExitCode> => {
  const { cwd, out, settings } = invocation
  out.clear()
  assertModules(modules, cwd)
  const address = settings.get("address")
  prepareSocket(address, process.env)
  const program = Effect.gen(function* () {
    const transport = yield* ZmqTransport.bind(address, bindOptions(settings))
    const scheduler = yield* Scheduler.make(transport)
    const say = yield* sayer(invocation, transport.address)
    const args = [...modules, ...settings.flags(workerKeys), "--address", transport.address]
    const workers = yield* keepWorking({ args, cwd, say })
    const announce = Effect.sync(() => {
      out.record("listening", { address: transport.address })
      say(`listening at ${transport.address}`)
    })
    const stop = Effect.suspend(() => {
      say("stopping: cancelling what runs")
      return Effect.andThen(scheduler.stop(0), workers.end)
    })
    const leaving = Deferred.makeUnsafe<ExitCode>()
    const leave = Effect.suspend(() => {
      const { cancelling } = scheduler.status().tasks
      say(`told again: killing what runs; ${countText(cancelling, "cancel")} not confirmed yet`)
      workers.kill()
      return Deferred.succeed(leaving, exitCodes.interrupted)
    })
    const ended = Effect.as(Effect.andThen(scheduler.stopped, workers.ended), exitCodes.success)
    return yield* untilTold(
      { drain: stop, stop: leave, unread: stop },
      Effect.andThen(
        announce,
        Effect.raceFirst<ExitCode, never, never, ExitCode, never, never>(
          ended,
          Deferred.await(leaving),
        ),
      ),
    )
  })
  return settled(settings, Effect.scoped(program).pipe(Effect.provide(logLayer(settings, out))))
}

type Say = (line: string) => void

/** Lines above the view, or, where nobody looks, alone. */
const sayer = (
  { out, settings }: Invocation,
  address: string,
): Effect.Effect<Say, never, Scope.Scope> =>
  Effect.gen(function* () {
    const plain: Say = (line) => process.stdout.write(`${line}\n`)
    if (out.json || out.quiet || !process.stdout.isTTY) return plain
    const { address: _, ...options } = connectOptions(settings)
    const transport = ZmqTransport.layer(address, options)
    const context = yield* Effect.orDie(Layer.build(Operator.layer.pipe(Layer.provide(transport))))
    const view = live(yield* Effect.provide(Operator, context), { name: address, color: out.color, output: process.stdout }) // oxfmt-ignore
    return (yield* view).say
  })

interface Working {
  /** Ends all workers once what they run has ended. Succeeds when they are gone. */
  readonly end: Effect.Effect<void>
  /** Ends them at once, with whatever they run. */
  readonly kill: () => void
  readonly ended: Effect.Effect<void>
}

interface WorkingOptions {
  readonly args: ReadonlyArray<string>
  readonly cwd: string
  readonly say: Say
}

/** So long after a change nothing may change any more before a worker is started: editors write more than once. */
const settleMs = 100

/** A worker of what the modules are now: one of what they were goes once its successor works. */
const keepWorking = ({
  args,
  cwd,
  say,
}: WorkingOptions): Effect.Effect<Working, never, Scope.Scope> =>
  Effect.gen(function* () {
    const workers = new Set<DevWorker>()
    const gone = Deferred.makeUnsafe<void>()
    const files = watch([], { ignoreInitial: true })
    let number = 0
    let timer: NodeJS.Timeout | undefined
    let isEnding = false
    const start = (): void => {
      if (isEnding) return
      workers.add(
        new DevWorker(`dev-${++number}`, args, {
          imported: (path) => files.add(path),
          said: ({ name }, line) => say(`${name} | ${line}`),
          works: (worker) => {
            say(`${worker.name} works`)
            for (const other of workers) if (other !== worker) other.end()
          },
          ended: (worker) => {
            workers.delete(worker)
            if (isEnding && workers.size === 0) Deferred.doneUnsafe(gone, Effect.void)
            if (!isEnding && !worker.isWorking)
              say(
                `${worker.name} could not start; mend the module and save it, and it is tried again`,
              )
          },
        }),
      )
    }
    files.on("all", (_, path) => {
      clearTimeout(timer)
      timer = setTimeout(() => {
        say(`${relative(cwd, path)} has changed: starting a worker of what it is now`)
        start()
      }, settleMs)
    })
    const end = Effect.suspend(() => {
      isEnding = true
      clearTimeout(timer)
      if (workers.size === 0) Deferred.doneUnsafe(gone, Effect.void)
      for (const worker of workers) worker.end()
      return Deferred.await(gone)
    })
    const kill = (): void => {
      isEnding = true
      for (const worker of workers) worker.kill()
    }
    // Who leaves at once leaves nobody behind.
    process.on("exit", kill)
    start()
    const close = Effect.promise(() => files.close())
    yield* Effect.addFinalizer(() => Effect.andThen(end, close))
    return { end, kill, ended: Deferred.await(gone) }
  })
