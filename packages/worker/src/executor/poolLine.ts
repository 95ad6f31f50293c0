/** Attempts in order: the pool's line, and the queue of each member. */
import type { Attempt } from "../Executor.ts"
import type { PoolMember } from "./poolMember.ts"

/** How an attempt whose function never began is to be reported. */
export type EarlyEnd = "stopped" | "exited"

/** One attempt of a pool, until its end has been reported. In one line at a time. */
export class PoolEntry {
  readonly attempt: Attempt
  /** The member whose queue it is in. */
  member: PoolMember | undefined
  /** Its sequence number in that member. */
  seq = 0
  /** Whether it has left for the member; before that it is in the queue only. */
  isPosted = false
  /** Whether the worker knows that it has a slot. */
  hasSlot = false
  /** When it got the slot. */
  sinceMs = 0
  /** Set when it was taken back after it had got its slot, and the report is due on the next turn. */
  early: EarlyEnd | undefined
  line: PoolLine | undefined
  previous: PoolEntry | undefined
  next: PoolEntry | undefined

  constructor(attempt: Attempt) {
    this.attempt = attempt
  }
}

/** A doubly linked list, because entries are withdrawn from anywhere and put back at the front. */
export class PoolLine {
  first: PoolEntry | undefined
  last: PoolEntry | undefined
  size = 0

  push(entry: PoolEntry): void {
    entry.line = this
    entry.previous = this.last
    if (this.last === undefined) this.first = entry
    else this.last.next = entry
    this.last = entry
    this.size++
  }

  unshift(entry: PoolEntry): void {
    entry.line = this
    entry.next = this.first
    if (this.first === undefined) this.last = entry
    else this.first.previous = entry
    this.first = entry
    this.size++
  }

  /** Does nothing for an entry that is in no line, or in another one. */
  remove(entry: PoolEntry): void {
    if (entry.line !== this) return
    if (entry.previous === undefined) this.first = entry.next
    else entry.previous.next = entry.next
    if (entry.next === undefined) this.last = entry.previous
    else entry.next.previous = entry.previous
    entry.line = undefined
    entry.previous = undefined
    entry.next = undefined
    this.size--
  }

  shift(): PoolEntry | undefined {
    const entry = this.first
    if (entry !== undefined) this.remove(entry)
    return entry
  }
}
