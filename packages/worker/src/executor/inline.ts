/**
 * The inline executor: runs functions on the event loop of the process it is in.
 *
 * It can ask a function to stop and cannot make it: a function that never looks at its signal is
 * refused to be stopped, and one that never yields holds up everything else in the process. Of what it
 * says its client is told what it logs: the console is that of the whole process.
 */
import { type Limits, Values } from "@scaler-ts/protocol"
import { Checked, type Loop } from "@scaler-ts/runtime"
import * as Effect from "effect/Effect"
import type { Attempt, Executor, ExecutorFactory, ExecutorListener } from "../Executor.ts"
import { encodeEnd, undecodable } from "./encodeEnd.ts"
import { forkEffect } from "./forkEffect.ts"
import { type Interrupt, type RunEnd, runTask } from "./runTask.ts"

export interface InlineOptions {
  /** How many functions may be under way at the same time. From 1; 16 unless told otherwise. */
  readonly slots?: number
}

/** An executor on this very event loop: cooperative only, and the cheapest by far. */
export const inline = (options: InlineOptions = {}): ExecutorFactory => {
  const slots = Checked.wholeFromOne("slots", options.slots ?? 16)
  return {
    slots,
    make: (listener, loop, limits) =>
      Effect.sync(() => new InlineExecutor(slots, loop, listener, limits)),
  }
}

/** Functions are called until so much of a turn is used up; the rest wait for the next turn. */
const turnMsMax = 5

class InlineExecutor implements Executor {
  readonly slots: number
  readonly canKill = false
  private readonly loop: Loop.Loop
  private readonly listener: ExecutorListener
  private readonly limits: Limits
  /** Attempts that have a slot and whose function is called on a coming turn, oldest first. */
  private chosen: Array<Attempt> = []
  /** Attempts that wait for a slot, oldest first. */
  private line: Array<Attempt> = []
  private readonly running = new Map<number, Interrupt>()
  /** How many slots are taken: by what is chosen and by what runs. */
  private busy = 0
  private turning = false

  constructor(slots: number, loop: Loop.Loop, listener: ExecutorListener, limits: Limits) {
    this.slots = slots
    this.loop = loop
    this.listener = listener
    this.limits = limits
  }

  /** Interrupts what runs and forgets the rest. A function that ignores its signal cannot be awaited. */
  readonly shutdown: Effect.Effect<void> = Effect.sync(() => {
    this.line = []
    this.chosen = []
    for (const interrupt of [...this.running.values()]) interrupt()
  })

  start(attempt: Attempt): boolean {
    if (this.busy >= this.slots) {
      this.line.push(attempt)
      return false
    }
    this.busy++
    this.chosen.push(attempt)
    this.turnSoon()
    return true
  }

  withdraw(key: number): boolean {
    const place = this.line.findIndex((attempt) => attempt.key === key)
    if (place < 0) return false
    this.line.splice(place, 1)
    return true
  }

  interrupt(key: number): void {
    const interrupt = this.running.get(key)
    if (interrupt !== undefined) return interrupt()
    const place = this.chosen.findIndex((attempt) => attempt.key === key)
    if (place < 0) return
    this.chosen.splice(place, 1)
    this.loop.defer(() => {
      this.freeSlot()
      const error = new Error("The task was stopped before its function was called.")
      this.listener.stopped(key, () => Values.encodeThrown(error), 0)
      this.fillSlots()
    })
  }

  /** Never called: `canKill` is false. */
  kill(): void {}

  /** Not possible: `log` is called on this very event loop, which cannot wait for anybody. */
  holdOutput(): void {}

  releaseOutput(): void {}

  private turnSoon(): void {
    if (this.turning) return
    this.turning = true
    this.loop.defer(() => this.turn())
  }

  private turn(): void {
    this.turning = false
    const began = this.loop.nowMs()
    let now = began
    while (now - began <= turnMsMax) {
      // Taken out before it is called: whatever happens, no function is called twice.
      const attempt = this.chosen.shift()
      if (attempt === undefined) return
      now = this.call(attempt, now)
    }
    this.turnSoon()
  }

  /** Calls the function; returns the time after the call. */
  private call(attempt: Attempt, began: number): number {
    const { key, task, wantsOutput } = attempt
    let input: unknown
    try {
      input = Values.decode(attempt.input, this.limits)
    } catch (error) {
      this.end(attempt, { _tag: "threw", error: undecodable(task.name, error) }, began)
      return began
    }
    let ended = false
    const interrupt = runTask(
      task,
      input,
      attempt.attempt,
      {
        progress: (fraction) => this.listener.progress(key, fraction),
        log: (line) => {
          if (wantsOutput) this.listener.log(key, line, "log")
        },
        runEffect: (effect, done) => forkEffect(this.loop.fork, effect, done),
      },
      (end) => {
        ended = true
        this.running.delete(key)
        this.end(attempt, end, began)
      },
    )
    // A synchronous function has ended by now, so its slot never counts as held up.
    if (!ended) this.running.set(key, interrupt)
    return this.loop.nowMs()
  }

  private end(attempt: Attempt, end: RunEnd, began: number): void {
    const runMs = Math.max(0, this.loop.nowMs() - began)
    const encoded = encodeEnd(attempt.task.name, end, this.limits)
    this.freeSlot()
    if (encoded.end === "returned") {
      this.listener.returned(attempt.key, encoded.ok, encoded.payload, runMs)
    } else {
      this.listener.stopped(attempt.key, encoded.payload, runMs)
    }
    this.fillSlots()
  }

  private freeSlot(): void {
    this.busy--
  }

  private fillSlots(): void {
    while (this.busy < this.slots) {
      const attempt = this.line.shift()
      if (attempt === undefined) return
      this.busy++
      this.chosen.push(attempt)
      this.turnSoon()
      this.listener.started(attempt.key)
    }
  }
}
