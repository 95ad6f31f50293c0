/**
 * The thread executor: what is started, taken back, stopped and killed, and how it all ended.
 *
 * A thread works through its queue in order; so when a result arrives, the attempt behind it has the
 * slot. What has started is never guessed: an attempt is taken back only where the thread's claim
 * was beaten (`ThreadClaims`).
 */
import { Values } from "@scaler-ts/protocol"
import * as Effect from "effect/Effect"
import type { Attempt, Executor, ExecutorListener } from "../Executor.ts"
import type { ThreadHandle, ThreadSettings } from "./threadHandle.ts"
import { type EarlyEnd, ThreadEntry } from "./threadLine.ts"
import { type EndMessage, type FromThread, fromThread } from "./threadMessage.ts"
import { ThreadSeats } from "./threadSeats.ts"
import { ThreadShare } from "./threadShare.ts"

export interface ThreadPoolSettings extends ThreadSettings {
  readonly slots: number
  /** How long `shutdown` waits for the threads to exit before it leaves them behind, in milliseconds. */
  readonly exitMs: number
}

export class ThreadPool implements Executor {
  readonly slots: number
  readonly canKill = true
  readonly shutdown: Effect.Effect<void>
  private readonly listener: ExecutorListener
  private readonly seats: ThreadSeats
  private readonly share: ThreadShare
  private readonly entries = new Map<number, ThreadEntry>()
  private ended: Promise<void> | undefined
  /** Whether threads were left behind, so that what still comes of them is told to nobody. */
  private hasLeft = false
  private resolveEnded: (() => void) | undefined

  constructor(settings: ThreadPoolSettings, listener: ExecutorListener) {
    this.slots = settings.slots
    this.listener = listener
    const { exitMs } = settings
    this.shutdown = Effect.promise(() => this.end()).pipe(
      Effect.timeoutOrElse({ duration: exitMs, orElse: () => this.leave(exitMs) }),
    )
    this.seats = new ThreadSeats(settings.slots, settings, {
      message: (thread, message) => this.onMessage(thread, message),
      exited: (thread, reason) => this.onExited(thread, reason),
    })
    this.share = new ThreadShare(this.seats, {
      slots: settings.slots,
      ahead: settings.ahead,
      onStarted: ({ attempt }) => listener.started(attempt.key),
    })
  }

  /** After `shutdown` nothing is started and nothing is told. */
  start(attempt: Attempt): boolean {
    if (this.ended !== undefined) return false
    const entry = new ThreadEntry(attempt)
    this.entries.set(attempt.key, entry)
    this.seats.revive()
    return this.share.place(entry)
  }

  withdraw(key: number): boolean {
    const entry = this.entries.get(key)
    if (entry === undefined || entry.hasSlot) return false
    const { thread } = entry
    if (thread === undefined) this.share.line.remove(entry)
    else if (!thread.takeBack(entry)) return false
    this.entries.delete(key)
    if (this.share.line.size > 0) this.share.pourLater()
    return true
  }

  interrupt(key: number): void {
    const entry = this.running(key)
    if (entry === undefined || this.endEarly(entry, "stopped")) return
    entry.thread?.abort(entry)
  }

  kill(key: number): void {
    const entry = this.running(key)
    if (entry === undefined || entry.thread?.isEnding) return
    const { thread } = entry
    if (thread !== undefined) this.share.recall(thread, entry)
    if (this.endEarly(entry, "exited")) return
    // Where the thread has claimed a later attempt, this one is done and its result on the way, and
    // ending the thread would end that other one.
    if (thread !== undefined && !claimedBehind(thread, entry)) thread.terminate()
  }

  /** An attempt that has a slot, told or not: a thread may have claimed what to us still waits. */
  private running(key: number): ThreadEntry | undefined {
    const entry = this.entries.get(key)
    if (entry === undefined || entry.early !== undefined) return undefined
    return entry.hasSlot || entry.thread?.claims.isClaimed(entry.seq) ? entry : undefined
  }

  /** Ends an attempt that has a slot, if its function has not begun; the report follows on a later turn. */
  private endEarly(entry: ThreadEntry, early: EarlyEnd): boolean {
    const { thread } = entry
    if (thread === undefined) this.share.line.remove(entry)
    else if (!thread.claims.withdraw(entry.seq)) return false
    entry.early = early
    // It stays in its thread's queue until then: the slot is its own until its end is known.
    setImmediate(() => this.reportEarly(entry))
    return true
  }

  private reportEarly(entry: ThreadEntry): void {
    const { attempt, early, thread } = entry
    if (!this.entries.delete(attempt.key)) return
    thread?.remove(entry)
    if (early === "exited") {
      this.listener.exited(attempt.key, "killed before its function began", 0)
    } else {
      const error = new Error(`task "${attempt.task.name}" was stopped before its function began`)
      this.listener.stopped(attempt.key, () => Values.encodeThrown(error), 0)
    }
    if (thread !== undefined) this.share.advance(thread)
  }

  private onMessage(thread: ThreadHandle, message: FromThread): void {
    if (this.hasLeft) return
    switch (message[0]) {
      case fromThread.up:
        return this.seats.cameUp(thread)
      case fromThread.returned:
      case fromThread.threw:
      case fromThread.stopped:
        return this.onEnd(thread, message)
      case fromThread.progress: {
        const fraction = thread.flow.take(message[1])
        const key = keyOf(thread, message[1])
        if (key !== undefined) this.listener.progress(key, fraction)
        return
      }
      case fromThread.log: {
        const key = keyOf(thread, message[1])
        if (key !== undefined) this.listener.log(key, message[2])
        // One that is being ended stays held: it shall not talk on until it is gone.
        if (!thread.isEnding) thread.flow.taken(message[2])
        return
      }
    }
  }

  private onEnd(thread: ThreadHandle, [kind, seq, payload, runMs]: EndMessage): void {
    // An attempt that was taken back in front of it has been passed over; its report is due first.
    for (let { first } = thread.queue; first?.early !== undefined; { first } = thread.queue) {
      this.reportEarly(first)
    }
    const entry = thread.queue.first
    if (entry === undefined || entry.seq !== seq) return
    Values.adopt(payload)
    thread.finish(entry)
    const { key } = entry.attempt
    this.entries.delete(key)
    if (kind === fromThread.stopped) this.listener.stopped(key, () => payload, runMs)
    else this.listener.returned(key, kind === fromThread.returned, payload, runMs)
    this.share.count()
    this.share.advance(thread)
  }

  private onExited(thread: ThreadHandle, reason: string): void {
    if (this.hasLeft) return
    const lost: Array<ThreadEntry> = []
    for (let entry = thread.queue.last; entry !== undefined; entry = thread.queue.last) {
      const isClaimed = thread.claims.isClaimed(entry.seq)
      thread.remove(entry)
      if (isClaimed) lost.push(entry)
      else if (entry.early === undefined) this.share.line.unshift(entry)
    }
    if (lost.length > 0) thread.hasWorked = true
    const successor = this.seats.replace(thread)
    for (const entry of lost) {
      this.reportExited(
        entry,
        `the thread that ran it ${reason}`,
        performance.now() - entry.sinceMs,
      )
    }
    if (successor !== undefined) this.share.advance(successor)
    if (this.ended !== undefined) this.finishEnd()
    else if (this.seats.areEmpty)
      this.failLine(`no thread could be started: the last one ${reason}`)
    else this.share.pourLater()
  }

  private reportExited(entry: ThreadEntry, reason: string, runMs: number): void {
    this.entries.delete(entry.attempt.key)
    this.listener.exited(entry.attempt.key, reason, runMs)
  }

  /** Without threads nothing that waits will ever run; better to say so than to wait. */
  private failLine(reason: string): void {
    const { line } = this.share
    const waiting: Array<ThreadEntry> = []
    for (let entry = line.shift(); entry !== undefined; entry = line.shift()) waiting.push(entry)
    for (const entry of waiting) {
      // What it hears of the others may have made the worker withdraw this one.
      if (!this.entries.has(entry.attempt.key)) continue
      // Only an attempt that has a slot can end.
      if (!entry.hasSlot) this.listener.started(entry.attempt.key)
      this.reportExited(entry, reason, 0)
    }
  }

  private end(): Promise<void> {
    this.ended ??= new Promise((resolve) => {
      this.resolveEnded = resolve
      this.seats.close()
      setImmediate(() => this.finishEnd())
    })
    return this.ended
  }

  private finishEnd(): void {
    if (!this.seats.areGone || this.resolveEnded === undefined) return
    this.reportRest()
    this.resolveEnded()
    this.resolveEnded = undefined
  }

  /** What has not begun never will. */
  private reportRest(): void {
    // Live, so that an attempt withdrawn by a listener on the way is left out.
    for (const entry of this.entries.values()) {
      if (entry.early !== undefined) this.reportEarly(entry)
      else this.reportExited(entry, "the executor was shut down before its function began", 0)
    }
  }

  /** Ends without the threads that have not exited. What they run has not been seen to end, so nothing says it has. */
  private leave(exitMs: number): Effect.Effect<void> {
    return Effect.suspend(() => {
      if (this.resolveEnded === undefined) return Effect.void
      this.hasLeft = true
      const threads = this.seats.leave()
      const running: Array<string> = []
      for (const entry of this.entries.values()) {
        const { attempt, early, thread } = entry
        if (early !== undefined || thread === undefined || thread.takeBack(entry)) continue
        running.push(`"${attempt.task.name}"`)
        thread.remove(entry)
        this.entries.delete(attempt.key)
      }
      this.reportRest()
      this.resolveEnded()
      this.resolveEnded = undefined
      return Effect.logWarning(
        `${threads} of the executor's threads had not exited ${exitMs} ms after being ended, and were left behind; ` +
          `still running: ${running.join(", ") || "no task"}`,
      )
    })
  }
}

const claimedBehind = (thread: ThreadHandle, entry: ThreadEntry): boolean => {
  for (let later = entry.next; later !== undefined; later = later.next) {
    if (thread.claims.isClaimed(later.seq)) return true
  }
  return false
}

// What is said after an attempt's end is of nobody's interest any more.
const keyOf = (thread: ThreadHandle, seq: number): number | undefined => {
  for (let entry = thread.queue.first; entry !== undefined; entry = entry.next) {
    if (entry.seq === seq) return entry.attempt.key
  }
  return undefined
}
