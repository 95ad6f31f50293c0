/** `scaler-ts worker`: a worker of a cluster, until it is told to end or drained. */
import { ZmqTransport } from "@scaler-ts/adapter-zmq"
import { schedulerPeer, workerOverWire } from "@scaler-ts/protocol"
import { Loop } from "@scaler-ts/runtime"
import { type ExecutorFactory, inline, Worker } from "@scaler-ts/worker"
import { subprocess } from "@scaler-ts/worker/process"
import { thread } from "@scaler-ts/worker/thread"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import { registerHooks } from "node:module"
import { fileURLToPath } from "node:url"
import { connectOptions, settled } from "../cluster.ts"
import { type ExitCode, exitCodes } from "../CommandError.ts"
import { formatDuration } from "../duration.ts"
import type { Invocation } from "../invocation.ts"
import { loadTasks } from "../loadTask.ts"
import { logLayer } from "../log.ts"
import { untilTold } from "../serving.ts"
import type { Imported } from "./DevWorker.ts"
import type { Resolver } from "../settings/resolve.ts"

export const worker = async (
  modules: ReadonlyArray<string>,
  { cwd, out, settings }: Invocation,
): Promise<ExitCode> => {
  out.clear()
  reportImports()
  const tasks = await loadTasks(modules, cwd)
  const { address, ...options } = connectOptions(settings)
  const name = settings.get("worker.name")
  const drainMs = settings.get("drain")
  const program = Effect.gen(function* () {
    const loop = yield* Loop.make
    const transport = yield* ZmqTransport.connect(address, { ...options, name })
    const made = yield* Worker.make(workerOverWire(transport, loop, schedulerPeer), {
      name,
      tasks,
      executor: executorOf(settings),
      graceMs: settings.get("worker.grace"),
      capabilities: settings.get("worker.capabilities"),
    })
    const names = tasks.flatMap((collection) => Object.keys(collection))
    const announce = Effect.sync(() => {
      out.line(`${name} works for ${address}: ${names.join(", ")}`)
      out.record("working", { worker: name, address, tasks: names })
    })
    const stopped = Deferred.makeUnsafe<string>()
    let isTold = false
    const drain = Effect.suspend(() => {
      isTold = true
      const note = `told to end: what runs may go on for ${formatDuration(drainMs)}; a second signal stops it now`
      return Effect.andThen(Effect.logInfo(note), made.drain(drainMs))
    })
    const stop = Effect.andThen(
      Effect.logInfo("told again: stopping what runs"),
      Deferred.succeed(stopped, "it was stopped"),
    )
    const ended = Effect.raceFirst(made.left, Deferred.await(stopped))
    const reason = yield* untilTold({ drain, stop }, Effect.andThen(announce, ended))
    return isTold || reason === "it was drained" ? undefined : reason
  })
  const reason = await settled(
    settings,
    Effect.scoped(program).pipe(Effect.provide(logLayer(settings, out))),
  )
  if (reason === undefined) return exitCodes.success
  out.warn(`${name} has lost its scheduler: ${reason}.`)
  return exitCodes.failure
}

/** Tells `scaler-ts dev`, if that has started us, which files to look after. */
const reportImports = (): void => {
  if (process.send === undefined) return
  registerHooks({
    load: (url, context, next) => {
      if (url.startsWith("file:") && !url.includes("/node_modules/")) {
        const imported: Imported = { type: "imported", path: fileURLToPath(url) }
        process.send?.(imported)
      }
      return next(url, context)
    },
  })
  // The other end is for telling only, and keeps nobody here; but when it is gone, nobody wants us.
  process.channel?.unref()
  process.on("disconnect", () => process.kill(process.pid, "SIGKILL"))
}

const executorOf = (settings: Resolver): ExecutorFactory => {
  const slots = settings.get("worker.slots")
  const memoryMaxMb = settings.get("worker.memory-max-mb")
  switch (settings.get("worker.executor")) {
    case "process": {
      const tasks = settings.get("worker.recycle-tasks")
      return subprocess({
        slots,
        ...(memoryMaxMb === undefined ? {} : { memoryMaxMb }),
        ...(tasks === undefined ? {} : { recycle: { tasks } }),
      })
    }
    case "thread":
      return thread({ slots, ...(memoryMaxMb === undefined ? {} : { heapMaxMb: memoryMaxMb }) })
    case "inline":
      return inline({ slots })
  }
}
