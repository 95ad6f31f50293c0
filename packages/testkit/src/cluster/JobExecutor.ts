/** The executor of a race: it runs jobs, and everything it reports happens when the explorer says so. */
import type { WorldNode } from "@scaler-ts/adapter-memory"
import type { Attempt, Executor, ExecutorFactory, ExecutorListener } from "@scaler-ts/worker"
import * as Effect from "effect/Effect"
import { Call, type JobEnd, payloadOf, ScriptedJob } from "./Job.ts"

export interface JobExecutorOptions {
  readonly slots: number
  readonly canKill: boolean
}

export const jobExecutor = (node: WorldNode, options: JobExecutorOptions): ExecutorFactory => ({
  slots: options.slots,
  make: (listener) => Effect.sync(() => new JobExecutor(node, options, listener)),
})

/** A task that only an executor which calls functions can run. */
export class NoJob extends TypeError {}

class JobExecutor implements Executor {
  readonly slots: number
  readonly canKill: boolean
  private readonly node: WorldNode
  private readonly listener: ExecutorListener
  private readonly calls = new Map<number, Call<unknown>>()
  private line: Array<Attempt> = []

  constructor(node: WorldNode, options: JobExecutorOptions, listener: ExecutorListener) {
    this.node = node
    this.slots = options.slots
    this.canKill = options.canKill
    this.listener = listener
  }

  readonly shutdown: Effect.Effect<void> = Effect.sync(() => {
    this.line = []
    for (const call of this.calls.values()) call.close("stopped")
    this.calls.clear()
  })

  start(attempt: Attempt): boolean {
    const hasSlot = this.calls.size < this.slots
    if (hasSlot) this.call(attempt)
    else this.line.push(attempt)
    return hasSlot
  }

  withdraw(key: number): boolean {
    const place = this.line.findIndex((attempt) => attempt.key === key)
    if (place >= 0) this.line.splice(place, 1)
    return place >= 0
  }

  interrupt(key: number): void {
    this.calls.get(key)?.interrupt()
  }

  kill(key: number): void {
    this.calls.get(key)?.kill()
  }

  holdOutput(key: number): void {
    this.calls.get(key)?.hold()
  }

  releaseOutput(key: number): void {
    this.calls.get(key)?.release()
  }

  private call({ key, task }: Attempt): void {
    if (!(task instanceof ScriptedJob)) {
      throw new NoJob(
        `task "${task.name}" is no job of this race; give the race an executor that runs functions, such as inline()`,
      )
    }
    const call = new Call<unknown>(task, this.node, {
      log: (line) => this.listener.log(key, line, "log"),
      done: (end) => this.end(key, end),
    })
    this.calls.set(key, call)
  }

  private end(key: number, end: JobEnd<unknown>): void {
    this.calls.delete(key)
    this.report(key, end)
    while (this.calls.size < this.slots) {
      const next = this.line.shift()
      if (next === undefined) return
      this.call(next)
      this.listener.started(next.key)
    }
  }

  private report(key: number, end: JobEnd<unknown>): void {
    switch (end._tag) {
      case "returned":
      case "threw":
        return this.listener.returned(key, end._tag === "returned", payloadOf(end), 0)
      case "stopped":
        return this.listener.stopped(key, () => payloadOf(end), 0)
      case "died":
        return this.listener.exited(key, "exit code 1", 0)
    }
  }
}
