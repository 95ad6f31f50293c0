/** One thread, seen from the main side: its queue, what has been posted to it, and its end. */
import { type Limits, Values } from "@scaler-ts/protocol"
import { setImmediate } from "node:timers"
import type { StartThread, ThreadBody } from "./threadBody.ts"
import { ThreadClaims } from "./threadClaims.ts"
import { ThreadFlow } from "./threadFlow.ts"
import { type PoolEntry, PoolLine } from "./poolLine.ts"
import type { PoolListener, PoolMember } from "./poolMember.ts"
import {
  type AbortMessage,
  type ChildMessage,
  endKinds,
  fromThread,
  type FromThread,
  toThread,
} from "./threadMessage.ts"
import { ThreadPosts } from "./threadPosts.ts"

export interface ThreadSettings {
  readonly ahead: number
  /** For values in the thread. */
  readonly limits: Limits
  readonly startThread: StartThread
}

/** A thread of a pool. What it has started is known by its `ThreadClaims`. */
export class ThreadHandle implements PoolMember {
  readonly queue: PoolLine = new PoolLine()
  isUp = false
  isEnding = false
  isHeld = false
  hasWorked = false
  finishedBefore = 0

  private readonly claims: ThreadClaims
  private readonly flow: ThreadFlow
  private readonly ahead: number
  private readonly posts = new ThreadPosts()
  private readonly body: ThreadBody | undefined
  private nextSeq = 1
  private isFlushing = false

  constructor(settings: ThreadSettings, listener: PoolListener) {
    this.ahead = settings.ahead
    // Four times what can be live at once, so that withdrawn attempts still in the thread's own
    // queue, which take up numbers, seldom keep live ones from being posted.
    this.claims = ThreadClaims.forAtLeast(4 * (settings.ahead + 1))
    this.flow = ThreadFlow.forAttempts(this.claims.size)
    try {
      this.body = settings.startThread(
        { claims: this.claims.memory, flow: this.flow.memory, limits: settings.limits },
        {
          message: (message) => this.hear(message, listener),
          exited: (exit, died) => listener.exited(this, this.reasonOf(exit, died)),
        },
      )
    } catch (error) {
      setImmediate(() => listener.exited(this, `could not be started: ${Values.shown(error)}`))
    }
  }

  private reasonOf(exit: string, died: string | undefined): string {
    if (died !== undefined) return `died of an uncaught error: ${died}`
    return this.isEnding ? "was killed" : exit
  }

  private hear(message: FromThread, listener: PoolListener): void {
    switch (message[0]) {
      case fromThread.up:
        return listener.cameUp(this)
      case fromThread.returned:
      case fromThread.threw:
      case fromThread.stopped: {
        const [kind, seq, payload, runMs] = message
        Values.adopt(payload)
        return listener.ended(this, { kind: endKinds[kind], seq, payload, runMs })
      }
      case fromThread.progress:
        return listener.progress(this, message[1], this.flow.take(message[1]))
      case fromThread.log:
        return listener.log(this, message[1], message[2], message[3])
      case fromThread.said:
        return listener.said(this, message[1], message[2])
      case fromThread.waits:
        return listener.waits(this, message[1], message[2])
    }
  }

  hasRoom(): boolean {
    if (this.isEnding || this.queue.size > (this.isHeld ? 0 : this.ahead)) return false
    const first = this.queue.first
    return first === undefined || this.nextSeq - first.seq < this.claims.size
  }

  /** It is posted with all others of this turn. */
  give(entry: PoolEntry): void {
    const wasIdle = this.queue.size === 0
    entry.member = this
    entry.seq = this.nextSeq++
    entry.isPosted = false
    this.claims.open(entry.seq)
    this.flow.open(entry.seq)
    this.queue.push(entry)
    if (wasIdle) this.body?.ref()
    if (this.isFlushing) return
    this.isFlushing = true
    // A busy thread can wait until all results that have arrived are dealt with: fewer, larger posts.
    if (wasIdle) queueMicrotask(this.flush)
    else setImmediate(this.flush)
  }

  isClaimed(entry: PoolEntry): boolean {
    return this.claims.isClaimed(entry.seq)
  }

  withdraw(entry: PoolEntry): boolean {
    return this.claims.withdraw(entry.seq)
  }

  finish(entry: PoolEntry): void {
    this.isHeld = false
    this.hasWorked = true
    this.remove(entry)
  }

  remove(entry: PoolEntry): void {
    this.queue.remove(entry)
    entry.member = undefined
    // One that is being ended is waited for.
    if (this.queue.size === 0 && !this.isEnding) this.body?.unref()
  }

  abort(entry: PoolEntry): void {
    const abort: AbortMessage = [toThread.abort, entry.seq]
    this.body?.post(abort, [])
  }

  tellChild(entry: PoolEntry, frame: Uint8Array): void {
    const message: ChildMessage = [toThread.child, entry.seq, frame]
    this.body?.post(message, [])
  }

  taken(line: string): void {
    // One that is being ended stays held: it shall not talk on until it is gone.
    if (!this.isEnding) this.flow.taken(line)
  }

  terminate(): void {
    if (this.isEnding) return
    this.isEnding = true
    this.body?.terminate()
  }

  leave(): void {
    this.body?.unref()
  }

  private readonly flush = (): void => {
    this.isFlushing = false
    if (this.isEnding || this.body === undefined) return
    this.posts.send(this.body, this.queue)
  }
}
