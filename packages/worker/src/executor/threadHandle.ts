/** One thread, seen from the main side: its queue, what has been posted to it, and its end. */
import { type Limits, Values } from "@scaler-ts/protocol"
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads"
import { ThreadClaims } from "./threadClaims.ts"
import { ThreadFlow } from "./threadFlow.ts"
import { type PoolEntry, PoolLine } from "./poolLine.ts"
import type { PoolListener, PoolMember } from "./poolMember.ts"
import {
  type AbortMessage,
  endKinds,
  fromThread,
  type FromThread,
  type ThreadData,
  toThread,
} from "./threadMessage.ts"
import { ThreadPosts } from "./threadPosts.ts"

export interface ThreadSettings {
  readonly ahead: number
  readonly heapMaxMb: number | undefined
  /** For values in the thread. */
  readonly limits: Limits
  /** The module that a thread runs. */
  readonly entry: URL
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
  private readonly worker: Worker | undefined
  private readonly port: MessagePort
  private nextSeq = 1
  private isFlushing = false

  constructor(settings: ThreadSettings, listener: PoolListener) {
    this.ahead = settings.ahead
    // Four times what can be live at once, so that withdrawn attempts still in the thread's own
    // queue, which take up numbers, seldom keep live ones from being posted.
    this.claims = ThreadClaims.forAtLeast(4 * (settings.ahead + 1))
    this.flow = ThreadFlow.forAttempts(this.claims.size)
    const { port1, port2 } = new MessageChannel()
    this.port = port1
    try {
      this.worker = startWorker(settings, {
        port: port2,
        claims: this.claims.memory,
        flow: this.flow.memory,
        limits: settings.limits,
      })
    } catch (error) {
      port1.close()
      setImmediate(() => listener.exited(this, `could not be started: ${shown(error)}`))
      return
    }
    this.listen(this.worker, listener)
    // An idle thread keeps no process alive.
    this.worker.unref()
  }

  private listen(worker: Worker, listener: PoolListener): void {
    let died: string | undefined
    const hear = (message: FromThread): void => this.hear(message, listener)
    this.port.on("message", hear)
    // The thread alone says whether the process has to live on.
    this.port.unref()
    worker.on("error", (error: unknown) => {
      died = `died of an uncaught error: ${shown(error)}`
    })
    worker.on("exit", (code) => {
      // Everything it had posted has arrived by now, and may still wait for its turn.
      for (const message of receivedBy(this.port)) hear(message)
      this.port.close()
      const killed = this.isEnding ? "was killed" : `ended itself with exit code ${code}`
      listener.exited(this, died ?? killed)
    })
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
        listener.log(this, message[1], message[2])
        // One that is being ended stays held: it shall not talk on until it is gone.
        if (!this.isEnding) this.flow.taken(message[2])
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
    if (wasIdle) this.worker?.ref()
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
    if (this.queue.size === 0 && !this.isEnding) this.worker?.unref()
  }

  abort(entry: PoolEntry): void {
    const abort: AbortMessage = [toThread.abort, entry.seq]
    this.port.postMessage(abort, [])
  }

  terminate(): void {
    if (this.isEnding) return
    this.isEnding = true
    // Settles with the exit event, which is what we listen to.
    void this.worker?.terminate()
  }

  leave(): void {
    this.worker?.unref()
  }

  private readonly flush = (): void => {
    this.isFlushing = false
    if (this.isEnding || this.worker === undefined) return
    this.posts.send(this.port, this.queue)
  }
}

const startWorker = (settings: ThreadSettings, workerData: ThreadData): Worker => {
  const { heapMaxMb } = settings
  // No `execArgv`: inherited, it carries the conditions and loaders of the process over.
  return new Worker(settings.entry, {
    name: "scaler-ts task thread",
    workerData,
    transferList: [workerData.port],
    ...(heapMaxMb === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: heapMaxMb } }),
  })
}

const receivedBy = function* (port: MessagePort): Generator<FromThread> {
  for (;;) {
    // Only `threadEntry` has the other end.
    const received: { readonly message: FromThread } | undefined = receiveMessageOnPort(port)
    if (received === undefined) return
    yield received.message
  }
}

// What was thrown may be anything, even something whose conversion to a string throws.
const shown = (error: unknown): string => {
  try {
    return String(error)
  } catch {
    return "something that cannot be shown"
  }
}
