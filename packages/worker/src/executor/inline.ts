/**
 * The inline executor: runs functions on the event loop of the process it is in.
 *
 * It can ask a function to stop and cannot make it: a function that never looks at its signal is
 * refused to be stopped, and one that never yields holds up everything else in the process. Of what it
 * says its client is told what it logs: the console is that of the whole process.
 */
import { type Limits, type Message, Nesting, Places, Values } from "@scaler-ts/protocol"
import { Checked, type Loop } from "@scaler-ts/runtime"
import * as Effect from "effect/Effect"
import type { Attempt, Executor, ExecutorFactory, ExecutorListener } from "../Executor.ts"
import { AttemptLines } from "./AttemptLines.ts"
import { encodeEnd, undecodable } from "./encodeEnd.ts"
import { forkEffect } from "./forkEffect.ts"
import { InlineProgress } from "./inlineProgress.ts"
import { nestingMaxOf } from "./nestingMaxOf.ts"
import { type Interrupt, type RunEnd, runTask } from "./runTask.ts"

export interface InlineOptions {
  /** How many functions may be under way at the same time. From 1; 16 unless told otherwise. */
  readonly slots?: number
  /**
   * How deep a task may be nested that has children of its own. From 0; 256 unless told otherwise. Up to as
   * many times the slots functions may be under way at the same time, all but so many as there are slots waiting.
   */
  readonly nestingMax?: number
}

/** An executor on this very event loop: cooperative only, and the cheapest by far. */
export const inline = (options: InlineOptions = {}): ExecutorFactory => {
  const slots = Checked.wholeFromOne("slots", options.slots ?? 16)
  const nestingMax = nestingMaxOf(options, 256)
  return {
    slots,
    make: (listener, loop, limits) =>
      Effect.sync(() => new InlineExecutor({ slots, nestingMax, limits }, loop, listener)),
  }
}

interface InlineSettings {
  readonly slots: number
  readonly nestingMax: number
  readonly limits: Limits
}

/** Functions are called until so much of a turn is used up; the rest wait for the next turn. */
const turnMsMax = 5

class InlineExecutor implements Executor {
  readonly slots: number
  readonly nestingMax: number
  readonly canKill = false
  private readonly loop: Loop.Loop
  private readonly listener: ExecutorListener
  private readonly limits: Limits
  /** Attempts that have a slot and whose function is called on a coming turn, oldest first. */
  private chosen: Array<Attempt> = []
  private readonly lines = new AttemptLines()
  private readonly running = new Map<number, Interrupt>()
  /** The slots: taken by what is chosen and by what runs. */
  private readonly places: Places
  /** Of attempts that run: whether they wait for children. */
  private readonly lent = new Set<number>()
  /** Of attempts whose functions have children. */
  private readonly nestings = new Map<number, Nesting>()
  private turning = false
  private readonly progress: InlineProgress

  constructor(settings: InlineSettings, loop: Loop.Loop, listener: ExecutorListener) {
    this.slots = settings.slots
    this.nestingMax = settings.nestingMax
    this.limits = settings.limits
    this.places = new Places(settings.slots)
    this.loop = loop
    this.listener = listener
    this.progress = new InlineProgress(loop.defer, (key, fraction) =>
      listener.progress(key, fraction),
    )
  }

  /** Interrupts what runs and forgets the rest. A function that ignores its signal cannot be awaited. */
  readonly shutdown: Effect.Effect<void> = Effect.sync(() => {
    this.lines.clear()
    this.chosen = []
    for (const interrupt of [...this.running.values()]) interrupt()
  })

  start(attempt: Attempt): boolean {
    if (!this.places.hasRoomFor(attempt.depth)) {
      this.lines.push(attempt)
      return false
    }
    this.choose(attempt)
    return true
  }

  private choose(attempt: Attempt): void {
    this.places.take(attempt.depth)
    this.chosen.push(attempt)
    this.turnSoon()
  }

  withdraw(key: number): boolean {
    return this.lines.remove(key)
  }

  interrupt(key: number): void {
    const interrupt = this.running.get(key)
    if (interrupt !== undefined) return interrupt()
    const place = this.chosen.findIndex((attempt) => attempt.key === key)
    const [attempt] = place < 0 ? [] : this.chosen.splice(place, 1)
    if (attempt === undefined) return
    this.loop.defer(() => {
      this.places.free(attempt.depth, false)
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

  tellChild(key: number, message: Message.ToSubmitter): void {
    this.nestings.get(key)?.hear(message)
  }

  lend(key: number): void {
    if (!this.running.has(key) || this.lent.has(key)) return
    this.lent.add(key)
    this.places.waiting++
    // Functions are on the stack of whoever tells us this.
    this.loop.defer(() => this.fillSlots())
  }

  reclaim(key: number): void {
    if (this.lent.delete(key)) this.places.waiting--
  }

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
    // It may have children, and wait for them, before it returns.
    this.running.set(key, () => {})
    const interrupt = runTask(
      task,
      input,
      attempt,
      {
        progress: (fraction) => this.progress.said(key, fraction),
        log: (line) => {
          if (wantsOutput) this.listener.log(key, line, "log")
        },
        nesting: () => this.nestingOf(key),
        runEffect: (effect, done) => forkEffect(this.loop.fork, effect, attempt, done),
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
    this.progress.ended(attempt.key)
    this.nestings.get(attempt.key)?.end("the task that submitted it has ended")
    this.nestings.delete(attempt.key)
    this.places.free(attempt.depth, this.lent.delete(attempt.key))
    if (encoded.end === "returned") {
      this.listener.returned(attempt.key, encoded.ok, encoded.payload, runMs)
    } else {
      this.listener.stopped(attempt.key, encoded.payload, runMs)
    }
    this.fillSlots()
  }

  private nestingOf(key: number): Nesting {
    let nesting = this.nestings.get(key)
    if (nesting === undefined) {
      nesting = new Nesting({
        said: (message) => this.listener.said(key, message),
        waits: (isWaiting) => this.listener.waits(key, isWaiting),
      })
      this.nestings.set(key, nesting)
    }
    return nesting
  }

  private fillSlots(): void {
    for (;;) {
      const attempt = this.lines.next(this.places)
      if (attempt === undefined) return
      this.choose(attempt)
      this.listener.started(attempt.key)
    }
  }
}
