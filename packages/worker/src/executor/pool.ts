/**
 * A pool of threads or processes: what is started, taken back, stopped and killed, and how it all ended.
 *
 * A member works through its queue in order; so when a result arrives, the attempt behind it has the
 * slot. What has started is never guessed: an attempt is taken back only where its member has not
 * begun it and never will.
 */
import { type Message, Values } from "@scaler-ts/protocol"
import * as Effect from "effect/Effect"
import { setImmediate } from "node:timers"
import type { Attempt, Executor, ExecutorListener } from "../Executor.ts"
import { HeldLines } from "./heldLines.ts"
import { type EarlyEnd, PoolEntry } from "./poolLine.ts"
import {
  beforeItBegan,
  type MemberEnd,
  type MemberKind,
  type PoolListener,
  type PoolMember,
  takeBack,
} from "./poolMember.ts"
import { PoolSeats } from "./poolSeats.ts"
import { PoolShare } from "./poolShare.ts"

export interface PoolSettings {
  readonly kind: MemberKind
  /** Starts a member. */
  readonly make: (listener: PoolListener) => PoolMember
  readonly slots: number
  /** How many attempts wait in a member's own queue beyond the one it runs. */
  readonly ahead: number
  /** Called once, when the pool has been shut down. */
  readonly onShutdown?: () => void
  /** How long `shutdown` waits for the members to exit before it leaves them behind, in milliseconds. */
  readonly exitMs: number
}

export class Pool implements Executor, PoolListener {
  readonly slots: number
  readonly canKill = true
  readonly shutdown: Effect.Effect<void>
  private readonly settings: PoolSettings
  private readonly listener: ExecutorListener
  private readonly seats: PoolSeats
  private readonly share: PoolShare
  private readonly entries = new Map<number, PoolEntry>()
  private readonly heldLines = new HeldLines()
  private shuttingDown: Promise<void> | undefined
  /** Whether members were left behind, so that what still comes of them is told to nobody. */
  private hasLeft = false
  private resolveShutdown: (() => void) | undefined

  constructor(settings: PoolSettings, listener: ExecutorListener) {
    const { slots, ahead, exitMs } = settings
    this.slots = slots
    this.settings = settings
    this.listener = listener
    this.shutdown = Effect.promise(() => this.end()).pipe(
      Effect.timeoutOrElse({ duration: exitMs, orElse: () => this.leave(exitMs) }),
    )
    this.seats = new PoolSeats(slots, () => settings.make(this))
    this.share = new PoolShare(this.seats, {
      slots,
      ahead,
      onStarted: ({ attempt }) => listener.started(attempt.key),
    })
  }

  /** After `shutdown` nothing is started and nothing is told. */
  start(attempt: Attempt): boolean {
    if (this.shuttingDown !== undefined) return false
    const entry = new PoolEntry(attempt)
    this.entries.set(attempt.key, entry)
    this.seats.revive()
    return this.share.place(entry)
  }

  withdraw(key: number): boolean {
    const entry = this.entries.get(key)
    if (entry === undefined || entry.hasSlot) return false
    const { member } = entry
    if (member === undefined) this.share.line.remove(entry)
    else if (!takeBack(member, entry)) return false
    this.entries.delete(key)
    if (this.share.line.size > 0) this.share.pourLater()
    return true
  }

  interrupt(key: number): void {
    const entry = this.running(key)
    if (entry === undefined || this.endEarly(entry, "stopped")) return
    entry.member?.abort(entry)
  }

  kill(key: number): void {
    const entry = this.running(key)
    if (entry === undefined || entry.member?.isEnding) return
    const { member } = entry
    if (member !== undefined) this.share.recall(member, entry)
    if (this.endEarly(entry, "exited")) return
    // Where the member has begun a later attempt, this one is done and its result on the way, and
    // ending the member would end that other one.
    if (member !== undefined && !claimedBehind(member, entry)) member.terminate()
  }

  holdOutput(key: number): void {
    this.heldLines.hold(key)
  }

  releaseOutput(key: number): void {
    this.heldLines.release(key)
  }

  /** An attempt that has a slot, told or not: a member may have begun what to us still waits. */
  private running(key: number): PoolEntry | undefined {
    const entry = this.entries.get(key)
    if (entry === undefined || entry.early !== undefined) return undefined
    return entry.hasSlot || entry.member?.isClaimed(entry) === true ? entry : undefined
  }

  /** Ends an attempt that has a slot, if its function has not begun; the report follows on a later turn. */
  private endEarly(entry: PoolEntry, early: EarlyEnd): boolean {
    const { member } = entry
    if (member === undefined) this.share.line.remove(entry)
    else if (!member.withdraw(entry)) return false
    entry.early = early
    // It stays in its member's queue until then: the slot is its own until its end is known.
    setImmediate(() => this.reportEarly(entry))
    return true
  }

  private reportEarly(entry: PoolEntry): void {
    const { attempt, early, member } = entry
    if (!this.entries.delete(attempt.key)) return
    member?.remove(entry)
    if (early === "exited") {
      this.listener.exited(attempt.key, "killed before its function began", 0)
    } else {
      const error = beforeItBegan(attempt.task.name)
      this.listener.stopped(attempt.key, () => Values.encodeThrown(error), 0)
    }
    if (member !== undefined) this.share.advance(member)
  }

  cameUp(member: PoolMember): void {
    if (!this.hasLeft) this.seats.cameUp(member)
  }

  progress(member: PoolMember, seq: number, fraction: number): void {
    const key = this.keyOf(member, seq)
    if (key !== undefined) this.listener.progress(key, fraction)
  }

  log(member: PoolMember, seq: number, line: string, from: Message.OutputSource): void {
    const key = this.keyOf(member, seq)
    if (key !== undefined) this.listener.log(key, line, from)
    this.heldLines.came(key, { member, line, from })
  }

  ended(member: PoolMember, { kind, seq, payload, runMs }: MemberEnd): void {
    if (this.hasLeft) return
    // An attempt that was taken back in front of it has been passed over; its report is due first.
    for (let { first } = member.queue; first?.early !== undefined; { first } = member.queue) {
      this.reportEarly(first)
    }
    const entry = member.queue.first
    if (entry === undefined || entry.seq !== seq) return
    member.finish(entry)
    const { key } = entry.attempt
    this.entries.delete(key)
    if (kind === "stopped") this.listener.stopped(key, () => payload, runMs)
    else this.listener.returned(key, kind === "returned", payload, runMs)
    this.share.count()
    this.share.advance(member)
  }

  exited(member: PoolMember, reason: string): void {
    if (this.hasLeft) return
    const lost: Array<PoolEntry> = []
    for (let entry = member.queue.last; entry !== undefined; entry = member.queue.last) {
      const isClaimed = member.isClaimed(entry)
      member.remove(entry)
      if (isClaimed) lost.push(entry)
      else if (entry.early === undefined) this.share.line.unshift(entry)
    }
    if (lost.length > 0) member.hasWorked = true
    const successor = this.seats.replace(member)
    for (const entry of lost) {
      this.reportExited(
        entry,
        `the ${this.settings.kind} that ran it ${reason}`,
        performance.now() - entry.sinceMs,
      )
    }
    if (successor !== undefined) this.share.advance(successor)
    if (this.shuttingDown !== undefined) this.finishEnd()
    else if (this.seats.areEmpty)
      this.failLine(`no ${this.settings.kind} could be started: the last one ${reason}`)
    else this.share.pourLater()
  }

  /** What is said after an attempt's end is of nobody's interest any more. */
  private keyOf(member: PoolMember, seq: number): number | undefined {
    if (this.hasLeft) return undefined
    for (let entry = member.queue.first; entry !== undefined; entry = entry.next) {
      if (entry.seq === seq) return entry.attempt.key
    }
    return undefined
  }

  private reportExited(entry: PoolEntry, reason: string, runMs: number): void {
    this.entries.delete(entry.attempt.key)
    this.listener.exited(entry.attempt.key, reason, runMs)
  }

  /** Without members nothing that waits will ever run; better to say so than to wait. */
  private failLine(reason: string): void {
    const { line } = this.share
    const waiting: Array<PoolEntry> = []
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
    this.shuttingDown ??= new Promise((resolve) => {
      this.resolveShutdown = resolve
      this.seats.close()
      setImmediate(() => this.finishEnd())
    })
    return this.shuttingDown
  }

  private finishEnd(): void {
    if (!this.seats.areGone || this.resolveShutdown === undefined) return
    this.reportRest()
    this.finish()
  }

  private finish(): void {
    this.resolveShutdown?.()
    this.resolveShutdown = undefined
    this.settings.onShutdown?.()
  }

  /** What has not begun never will. */
  private reportRest(): void {
    // Live, so that an attempt withdrawn by a listener on the way is left out.
    for (const entry of this.entries.values()) {
      if (entry.early !== undefined) this.reportEarly(entry)
      else this.reportExited(entry, "the executor was shut down before its function began", 0)
    }
  }

  /** Ends without the members that have not exited. What they run has not been seen to end, so nothing says it has. */
  private leave(exitMs: number): Effect.Effect<void> {
    return Effect.suspend(() => {
      if (this.resolveShutdown === undefined) return Effect.void
      this.hasLeft = true
      const members = this.seats.leave()
      const running: Array<string> = []
      for (const entry of this.entries.values()) {
        const { attempt, early, member } = entry
        if (early !== undefined || member === undefined || takeBack(member, entry)) continue
        running.push(`"${attempt.task.name}"`)
        member.remove(entry)
        this.entries.delete(attempt.key)
      }
      this.reportRest()
      this.finish()
      const { kind } = this.settings
      return Effect.logWarning(
        `${members} of the executor's ${kind === "thread" ? "threads" : "processes"} had not exited ${exitMs} ms after being ended, and were left behind; ` +
          `still running: ${running.join(", ") || "no task"}`,
      )
    })
  }
}

const claimedBehind = (member: PoolMember, entry: PoolEntry): boolean => {
  for (let later = entry.next; later !== undefined; later = later.next) {
    if (member.isClaimed(later)) return true
  }
  return false
}
