/** The executor of a race: it runs jobs, and everything it reports happens when the explorer says so. */
import type { WorldNode } from "@scaler-ts/adapter-memory"
import { type Message, Places } from "@scaler-ts/protocol"
import type { Loop } from "@scaler-ts/runtime"
import type { Attempt, Executor, ExecutorFactory, ExecutorListener } from "@scaler-ts/worker"
import * as Effect from "effect/Effect"
import { Call } from "./Call.ts"
import { type JobEnd, payloadOf, ScriptedJob } from "./Job.ts"
import { ParentCall } from "./ParentCall.ts"

export interface JobExecutorOptions {
  readonly slots: number
  readonly canKill: boolean
  /** How many children an attempt may have unfinished. */
  readonly childrenMax: number
}

export const jobExecutor = (node: WorldNode, options: JobExecutorOptions): ExecutorFactory => ({
  slots: options.slots,
  make: (listener, loop) => Effect.sync(() => new JobExecutor(node, options, listener, loop)),
})

/** A task that only an executor which calls functions can run. */
export class NoJob extends TypeError {}

/** A call that is under way. */
interface Called {
  readonly call: Call<unknown> | ParentCall
  readonly depth: number
  /** Whether it waits for children, and has lent its slot. */
  isLent: boolean
}

class JobExecutor implements Executor {
  readonly slots: number
  readonly canKill: boolean
  readonly nestingMax = 8
  private readonly childrenMax: number
  private readonly node: WorldNode
  private readonly listener: ExecutorListener
  private readonly loop: Loop.Loop
  private readonly calls = new Map<number, Called>()
  private readonly places: Places
  private line: Array<Attempt> = []

  constructor(
    node: WorldNode,
    options: JobExecutorOptions,
    listener: ExecutorListener,
    loop: Loop.Loop,
  ) {
    this.node = node
    this.loop = loop
    this.places = new Places(options.slots)
    this.slots = options.slots
    this.canKill = options.canKill
    this.childrenMax = options.childrenMax
    this.listener = listener
  }

  readonly shutdown: Effect.Effect<void> = Effect.sync(() => {
    this.line = []
    for (const { call } of this.calls.values()) call.close("stopped")
    this.calls.clear()
  })

  start(attempt: Attempt): boolean {
    const hasSlot = this.places.hasRoomFor(attempt.depth)
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
    this.calls.get(key)?.call.interrupt()
  }

  kill(key: number): void {
    this.calls.get(key)?.call.kill()
  }

  holdOutput(key: number): void {
    this.calls.get(key)?.call.hold()
  }

  releaseOutput(key: number): void {
    this.calls.get(key)?.call.release()
  }

  tellChild(key: number, message: Message.ToSubmitter): void {
    const call = this.calls.get(key)?.call
    if (call instanceof ParentCall) call.tellChild(message)
  }

  lend(key: number): void {
    const called = this.calls.get(key)
    if (called === undefined || called.isLent) return
    called.isLent = true
    this.places.waiting++
    this.node.later(() => this.fill())
  }

  reclaim(key: number): void {
    const called = this.calls.get(key)
    if (called === undefined || !called.isLent) return
    called.isLent = false
    this.places.waiting--
  }

  private call({ key, task, depth }: Attempt): void {
    if (!(task instanceof ScriptedJob)) {
      throw new NoJob(
        `task "${task.name}" is no job of this race; give the race an executor that runs functions, such as inline()`,
      )
    }
    this.places.take(depth)
    const done = (end: JobEnd<unknown>): void => this.end(key, end)
    const call =
      task.options.does === undefined
        ? new Call<unknown>(task, this.node, {
            log: (line) => this.listener.log(key, line, "log"),
            done,
          })
        : new ParentCall(task, {
            node: this.node,
            fork: this.loop.fork,
            said: (message) => this.listener.said(key, message),
            waits: (isWaiting) => this.listener.waits(key, isWaiting),
            done,
            childrenMax: this.childrenMax,
          })
    this.calls.set(key, { call, depth, isLent: false })
  }

  private end(key: number, end: JobEnd<unknown>): void {
    const called = this.calls.get(key)
    this.calls.delete(key)
    if (called !== undefined) this.places.free(called.depth, called.isLent)
    this.report(key, end)
    this.fill()
  }

  private fill(): void {
    for (;;) {
      const next = this.line.findIndex(({ depth }) => this.places.hasRoomFor(depth))
      const [attempt] = next < 0 ? [] : this.line.splice(next, 1)
      if (attempt === undefined) return
      this.call(attempt)
      this.listener.started(attempt.key)
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
