/**
 * A pool of threads or processes: what is started, taken back, stopped and killed, and how it all ended.
 *
 * A member works through its queue in order; so when a result arrives, the attempt behind it has the
 * slot. What has started is never guessed: an attempt is taken back only where its member has not
 * begun it and never will.
 */
import { type Limits, type Message, Values } from "@scaler-ts/protocol"
import type * as Effect from "effect/Effect"
import { setImmediate } from "node:timers"
import type { Attempt, Executor, ExecutorListener } from "../Executor.ts"
import { HeldLines } from "./heldLines.ts"
import { type EarlyEnd, PoolEntry } from "./poolLine.ts"
import {
  beforeItBegan,
  claimedBehind,
  entryOf,
  type MemberEnd,
  type PoolListener,
  type PoolMember,
  takeBack,
} from "./poolMember.ts"
import { frameOf, ofChildren } from "./childFrames.ts"
import { PoolNested } from "./poolNested.ts"
import { PoolSeats } from "./poolSeats.ts"
import { PoolShare } from "./poolShare.ts"
import { PoolShutdown, type ShutdownSettings } from "./poolShutdown.ts"

export interface PoolSettings extends ShutdownSettings {
  /** Starts a member. */
  readonly make: (listener: PoolListener) => PoolMember
  readonly slots: number
  /** How many attempts wait in a member's own queue beyond the one it runs. */
  readonly ahead: number
  readonly nestingMax: number
  /** For what members say of children. */
  readonly limits: Limits
  readonly usage?: Executor["usage"]
}

export class Pool implements Executor, PoolListener {
  readonly slots: number
  readonly nestingMax: number
  readonly canKill = true
  readonly usage: Executor["usage"]
  readonly shutdown: Effect.Effect<void>
  private readonly settings: PoolSettings
  private readonly listener: ExecutorListener
  private readonly seats: PoolSeats
  private readonly share: PoolShare
  private readonly nested: PoolNested
  private readonly entries = new Map<number, PoolEntry>()
  private readonly heldLines = new HeldLines()
  private readonly ending: PoolShutdown

  constructor(settings: PoolSettings, listener: ExecutorListener) {
    const { slots, ahead, nestingMax } = settings
    this.slots = slots
    this.nestingMax = nestingMax
    this.usage = settings.usage
    this.settings = settings
    this.listener = listener
    this.seats = new PoolSeats(slots, () => settings.make(this))
    this.share = new PoolShare(this.seats, {
      slots,
      ahead,
      onStarted: ({ attempt }) => listener.started(attempt.key),
    })
    this.nested = new PoolNested(this.seats, this.share, slots, (entry) =>
      this.fail(entry, `no ${settings.kind} could be started for it`),
    )
    this.ending = new PoolShutdown(settings, this.seats, {
      entries: this.entries,
      reportEarly: (entry) => this.reportEarly(entry),
      reportExited: (entry, reason, runMs) => this.reportExited(entry, reason, runMs),
      forget: (entry) => this.forget(entry),
    })
    this.shutdown = this.ending.effect
  }

  /** After `shutdown` nothing is started and nothing is told. */
  start(attempt: Attempt): boolean {
    if (this.ending.hasBegun) return false
    const entry = new PoolEntry(attempt)
    this.entries.set(attempt.key, entry)
    this.seats.revive()
    return this.nested.place(entry)
  }

  withdraw(key: number): boolean {
    const entry = this.entries.get(key)
    if (entry === undefined || entry.hasSlot) return false
    const { member } = entry
    if (member === undefined) entry.line?.remove(entry)
    else if (!takeBack(member, entry)) return false
    this.forget(entry)
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

  tellChild(key: number, message: Message.ToSubmitter): void {
    const entry = this.entries.get(key)
    if (entry?.early === undefined) entry?.member?.tellChild(entry, frameOf(message))
  }

  lend(key: number): void {
    const entry = this.entries.get(key)
    if (entry !== undefined) this.nested.lend(entry)
  }

  reclaim(key: number): void {
    const entry = this.entries.get(key)
    if (entry !== undefined) this.nested.reclaim(entry)
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
    if (member === undefined) entry.line?.remove(entry)
    else if (!member.withdraw(entry)) return false
    entry.early = early
    // It stays in its member's queue until then: the slot is its own until its end is known.
    setImmediate(() => this.reportEarly(entry))
    return true
  }

  private reportEarly(entry: PoolEntry): void {
    const { attempt, early, member } = entry
    if (!this.forget(entry)) return
    member?.remove(entry)
    if (early === "exited") {
      this.listener.exited(attempt.key, "killed before its function began", 0)
    } else {
      const error = beforeItBegan(attempt.task.name)
      this.listener.stopped(attempt.key, () => Values.encodeThrown(error), 0)
    }
    if (member !== undefined) this.advance(member)
  }

  cameUp(member: PoolMember): void {
    if (!this.ending.hasLeft) this.seats.cameUp(member)
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

  said(member: PoolMember, seq: number, frame: Uint8Array): void {
    const messages = ofChildren(frame, this.settings.limits)
    // Only a task that writes where its executor reads says anything else.
    if (messages === undefined) return member.terminate()
    const key = this.keyOf(member, seq)
    if (key !== undefined) for (const message of messages) this.listener.said(key, message)
  }

  waits(member: PoolMember, seq: number, isWaiting: boolean): void {
    const key = this.keyOf(member, seq)
    if (key !== undefined) this.listener.waits(key, isWaiting)
  }

  ended(member: PoolMember, { kind, seq, payload, runMs }: MemberEnd): void {
    if (this.ending.hasLeft) return
    // An attempt that was taken back in front of it has been passed over; its report is due first.
    for (let { first } = member.queue; first?.early !== undefined; { first } = member.queue) {
      this.reportEarly(first)
    }
    const entry = member.queue.first
    if (entry === undefined || entry.seq !== seq) return
    member.finish(entry)
    const { key } = entry.attempt
    this.forget(entry)
    if (kind === "stopped") this.listener.stopped(key, () => payload, runMs)
    else this.listener.returned(key, kind === "returned", payload, runMs)
    this.share.count()
    this.advance(member)
  }

  /** Moves on after a member's queue has become shorter. */
  private advance(member: PoolMember): void {
    if (member.queue.size === 0) this.nested.rest(member)
    if (!this.nested.isExtra(member)) this.share.advance(member)
  }

  /** `false`: it was forgotten before. */
  private forget(entry: PoolEntry): boolean {
    if (!this.entries.delete(entry.attempt.key)) return false
    this.nested.forget(entry)
    return true
  }

  exited(member: PoolMember, reason: string): void {
    if (this.ending.hasLeft) return
    const lost: Array<PoolEntry> = []
    for (let entry = member.queue.last; entry !== undefined; entry = member.queue.last) {
      const isClaimed = member.isClaimed(entry)
      member.remove(entry)
      if (isClaimed) lost.push(entry)
      else if (entry.early === undefined && !this.nested.putBack(entry)) {
        this.share.line.unshift(entry)
      }
    }
    if (lost.length > 0) member.hasWorked = true
    const successor = this.seats.replace(member)
    this.nested.gone(member)
    for (const entry of lost) {
      this.reportExited(
        entry,
        `the ${this.settings.kind} that ran it ${reason}`,
        performance.now() - entry.sinceMs,
      )
    }
    if (successor !== undefined) this.share.advance(successor)
    if (this.ending.hasBegun) this.ending.finishIfGone()
    else if (this.seats.areEmpty)
      this.failLine(`no ${this.settings.kind} could be started: the last one ${reason}`)
    else this.share.pourLater()
  }

  /** What is said after an attempt's end is of nobody's interest any more. */
  private keyOf(member: PoolMember, seq: number): number | undefined {
    return this.ending.hasLeft ? undefined : entryOf(member, seq)?.attempt.key
  }

  private reportExited(entry: PoolEntry, reason: string, runMs: number): void {
    this.forget(entry)
    this.listener.exited(entry.attempt.key, reason, runMs)
  }

  /** Without members nothing that waits will ever run; better to say so than to wait. */
  private failLine(reason: string): void {
    const { line } = this.share
    const waiting = [...this.nested.drained()]
    for (let entry = line.shift(); entry !== undefined; entry = line.shift()) waiting.push(entry)
    for (const entry of waiting) this.fail(entry, reason)
  }

  private fail(entry: PoolEntry, reason: string): void {
    // What it hears of the others may have made the worker withdraw this one.
    if (!this.entries.has(entry.attempt.key)) return
    // Only an attempt that has a slot can end.
    if (!entry.hasSlot) this.listener.started(entry.attempt.key)
    this.reportExited(entry, reason, 0)
  }
}
