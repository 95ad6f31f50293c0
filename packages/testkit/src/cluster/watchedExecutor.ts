/** An executor that is watched: when its attempts began, and when and how they were seen to end. */
import type { WorldNode } from "@scaler-ts/adapter-memory"
import type { Loop } from "@scaler-ts/runtime"
import type { Attempt, Executor, ExecutorFactory, ExecutorListener } from "@scaler-ts/worker"
import * as Effect from "effect/Effect"
import type { AttemptRecord, Moment } from "./records.ts"

/** The record of an attempt that its worker has just taken in. */
export const attemptRecord = (
  node: WorldNode,
  { attempt, depth }: Attempt,
  given: Moment,
): AttemptRecord => ({
  worker: node.name,
  life: node.life,
  number: attempt,
  given,
  depth,
  waits: [],
  began: undefined,
  over: undefined,
  how: undefined,
  askedAtMs: undefined,
  stopMs: 0,
  result: undefined,
})

/** An attempt says something about a child, by its own number for that. */
type Says = (attempt: AttemptRecord | undefined, number: number, say: () => void) => void

/** `given` makes the record of an attempt that is being started; `now` says when something is noted. */
export const watchedExecutor = (
  executor: ExecutorFactory,
  now: () => Moment,
  given: (attempt: Attempt) => AttemptRecord,
  says: Says,
): ExecutorFactory => ({
  slots: executor.slots,
  make: (listener, loop, limits) => {
    const watch = new Watch(now, loop, given, says)
    const made = executor.make(watch.listening(listener), loop, limits)
    return Effect.map(made, (real) => watch.executing(real))
  },
})

class Watch {
  private readonly attempts = new Map<number, AttemptRecord>()
  private readonly now: () => Moment
  private readonly loop: Loop.Loop
  private readonly given: (attempt: Attempt) => AttemptRecord
  private readonly says: Says

  constructor(now: () => Moment, loop: Loop.Loop, given: Watch["given"], says: Watch["says"]) {
    this.says = says
    this.now = now
    this.loop = loop
    this.given = given
  }

  executing(real: Executor): Executor {
    return {
      slots: real.slots,
      canKill: real.canKill,
      nestingMax: real.nestingMax,
      shutdown: real.shutdown,
      interrupt: (key) => {
        const record = this.attempts.get(key)
        if (record !== undefined) record.askedAtMs = this.loop.nowMs()
        real.interrupt(key)
      },
      kill: (key) => real.kill(key),
      tellChild: (key, message) => real.tellChild(key, message),
      lend: (key) => {
        this.attempts.get(key)?.waits.push(this.now())
        real.lend(key)
      },
      reclaim: (key) => {
        this.attempts.get(key)?.waits.push(this.now())
        real.reclaim(key)
      },
      holdOutput: (key) => real.holdOutput(key),
      releaseOutput: (key) => real.releaseOutput(key),
      start: (attempt) => {
        const record = this.given(attempt)
        this.attempts.set(attempt.key, record)
        const hasSlot = real.start(attempt)
        if (hasSlot) record.began = this.now()
        return hasSlot
      },
      withdraw: (key) => {
        const isOut = real.withdraw(key)
        if (isOut) this.end(key, "withdrawn")
        return isOut
      },
    }
  }

  listening(listener: ExecutorListener): ExecutorListener {
    return {
      returned: (key, ok, payload, runMs) => {
        const record = this.attempts.get(key)
        if (record !== undefined) record.result = { ok, payload }
        this.end(key, "returned")
        listener.returned(key, ok, payload, runMs)
      },
      stopped: (key, payload, runMs) => {
        this.end(key, "stopped")
        listener.stopped(key, payload, runMs)
      },
      exited: (key, reason, runMs) => {
        this.end(key, "exited")
        listener.exited(key, reason, runMs)
      },
      started: (key) => {
        const record = this.attempts.get(key)
        if (record !== undefined) record.began = this.now()
        listener.started(key)
      },
      progress: (key, fraction) => listener.progress(key, fraction),
      log: (key, line, from) => listener.log(key, line, from),
      said: (key, message) =>
        this.says(this.attempts.get(key), message.task, () => listener.said(key, message)),
      waits: (key, isWaiting) => listener.waits(key, isWaiting),
    }
  }

  private end(key: number, how: AttemptRecord["how"]): void {
    const record = this.attempts.get(key)
    if (record === undefined) return
    record.over = this.now()
    record.how = how
    if (record.askedAtMs !== undefined) record.stopMs = this.loop.nowMs() - record.askedAtMs
  }
}
