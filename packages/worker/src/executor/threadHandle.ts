/** One thread, seen from the main side: its queue, what has been posted to it, and its end. */
import type { Limits } from "@scaler-ts/protocol"
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads"
import { ThreadClaims } from "./threadClaims.ts"
import { ThreadFlow } from "./threadFlow.ts"
import { type ThreadEntry, ThreadLine } from "./threadLine.ts"
import { type AbortMessage, type FromThread, type ThreadData, toThread } from "./threadMessage.ts"
import { ThreadPosts } from "./threadPosts.ts"

export interface ThreadSettings {
  readonly ahead: number
  readonly heapMaxMb: number | undefined
  /** For values in the thread. */
  readonly limits: Limits
  /** The module that a thread runs. */
  readonly entry: URL
}

/** What a thread tells the pool, always from a turn of its own. */
export interface ThreadListener {
  readonly message: (thread: ThreadHandle, message: FromThread) => void
  /** The thread is gone, and every message it had posted has been delivered. */
  readonly exited: (thread: ThreadHandle, reason: string) => void
}

/**
 * A queue that the thread works through in order.
 *
 * The first entry of `queue` is the one that has the thread's slot, as far as the main side knows;
 * results still on their way may mean that the thread is further than that. Only `ThreadClaims`
 * knows what has started.
 */
export class ThreadHandle {
  readonly queue: ThreadLine = new ThreadLine()
  readonly claims: ThreadClaims
  readonly flow: ThreadFlow
  /** Whether its entry module has run. */
  isUp = false
  /** Whether it is being ended, so that nothing may be given to it any more. */
  isEnding = false
  /** Whether only the running attempt may be in it, because that one takes long. */
  isHeld = false
  /** Whether it has run anything, so that its death is no failure to start. */
  hasWorked = false
  /** How many attempts the whole pool had finished when the running one got the slot. */
  finishedBefore = 0

  private readonly ahead: number
  private readonly posts = new ThreadPosts()
  private readonly worker: Worker | undefined
  private readonly port: MessagePort
  private nextSeq = 1
  private isFlushing = false

  constructor(settings: ThreadSettings, listener: ThreadListener) {
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

  private listen(worker: Worker, listener: ThreadListener): void {
    let died: string | undefined
    const hear = (message: FromThread): void => listener.message(this, message)
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

  /** Whether another attempt may be given to it. */
  hasRoom(): boolean {
    if (this.isEnding || this.queue.size > (this.isHeld ? 0 : this.ahead)) return false
    const first = this.queue.first
    return first === undefined || this.nextSeq - first.seq < this.claims.size
  }

  /** Puts an attempt at the end of its queue, and posts it with all others of this turn. */
  give(entry: ThreadEntry): void {
    const wasIdle = this.queue.size === 0
    entry.thread = this
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

  /** Takes back an attempt it has not claimed. `false`: it has, and its function runs or has run. */
  takeBack(entry: ThreadEntry): boolean {
    if (!this.claims.withdraw(entry.seq)) return false
    this.remove(entry)
    return true
  }

  /** Takes out an attempt whose end it has told. */
  finish(entry: ThreadEntry): void {
    this.isHeld = false
    this.hasWorked = true
    this.remove(entry)
  }

  /** Takes an entry out of the queue, for good or to put it elsewhere. */
  remove(entry: ThreadEntry): void {
    this.queue.remove(entry)
    entry.thread = undefined
    // One that is being ended is waited for.
    if (this.queue.size === 0 && !this.isEnding) this.worker?.unref()
  }

  /** Asks the function of an attempt it has claimed to stop. */
  abort(entry: ThreadEntry): void {
    const abort: AbortMessage = [toThread.abort, entry.seq]
    this.port.postMessage(abort, [])
  }

  /** Ends it, whatever it is doing. Its listener hears `exited` once it is gone. */
  terminate(): void {
    if (this.isEnding) return
    this.isEnding = true
    // Settles with the exit event, which is what we listen to.
    void this.worker?.terminate()
  }

  /** Lets the process go on without it, when it has not exited in time. */
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
