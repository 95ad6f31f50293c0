/** Runs what a thread is sent: one attempt at a time, in order. */
import type { Limits, Message } from "@scaler-ts/protocol"
import type { ThreadClaims } from "./threadClaims.ts"
import type { MemberEnd } from "./poolMember.ts"
import type { ThreadFlow } from "./threadFlow.ts"
import {
  type FromThread,
  fromThread,
  inLarge,
  moveBytesMin,
  numbersPerAttempt,
  type RunMessage,
  type ToThread,
  toThread,
} from "./threadMessage.ts"
import type { MemberPrints } from "./memberPrints.ts"
import { Leftovers, type Lifeline } from "./memberLeftovers.ts"
import { MemberRun, type Outlet, type Work } from "./memberRun.ts"
import { MemberTask } from "./memberTask.ts"

export interface ThreadRunnerSettings {
  readonly claims: ThreadClaims
  readonly flow: ThreadFlow
  readonly limits: Limits
  /** Where what a function prints goes by the streams of Node. */
  readonly prints?: MemberPrints
  readonly post: (message: FromThread, moved?: Array<ArrayBuffer>) => void
  /** Where the event loop says when it has run dry. */
  readonly lifeline?: Lifeline
}

export class ThreadRunner implements Outlet {
  readonly limits: Limits
  readonly leftovers: Leftovers
  readonly prints?: MemberPrints
  private readonly settings: ThreadRunnerSettings
  private readonly tasks: Array<MemberTask> = []
  private readonly queue: Array<Work> = []
  private running: MemberRun | undefined
  private isPumping = false

  constructor(settings: ThreadRunnerSettings) {
    this.settings = settings
    this.limits = settings.limits
    if (settings.prints !== undefined) this.prints = settings.prints
    this.leftovers = new Leftovers(settings.lifeline)
  }

  receive(message: ToThread): void {
    if (message[0] === toThread.abort) {
      if (this.running?.seq === message[1]) this.running.interrupt()
      return
    }
    if (message[0] === toThread.child) {
      if (this.running?.seq === message[1]) this.running.hearOfChild(message[2])
      return
    }
    this.unpack(message)
    this.pump()
  }

  private unpack([, newTasks, work, packed, large, traceparents]: RunMessage): void {
    for (let i = 0; i + 1 < newTasks.length; i += 2) {
      this.tasks.push(new MemberTask(newTasks[i] ?? "", newTasks[i + 1] ?? ""))
    }
    let at = 0
    let nextLarge = 0
    for (let i = 0; i + numbersPerAttempt <= work.length; i += numbersPerAttempt) {
      const numbers = work.slice(i, i + numbersPerAttempt)
      const [seq = 0, index = 0, attempt = 0, wanted = 0, length = 0] = numbers
      const task = this.tasks[index]
      const input = length === inLarge ? large[nextLarge++] : packed.subarray(at, (at += length))
      // Both sides count alike, so neither is ever missing.
      if (task === undefined || input === undefined) continue
      const traceparent = traceparents[i / numbersPerAttempt] ?? ""
      this.queue.push({ seq, task, attempt, input, wantsOutput: wanted === 1, traceparent })
    }
  }

  /** Works until an attempt has to be waited for, or nothing is left. */
  private pump(): void {
    // A function that ends before `begin` returns comes back here; the loop goes on by itself.
    if (this.isPumping) return
    this.isPumping = true
    while (this.running === undefined) {
      const work = this.queue.shift()
      if (work === undefined) break
      // Claimed before its module is loaded, for a module may hang, or end the thread.
      if (!this.settings.claims.claim(work.seq)) continue
      const run = new MemberRun(work, this)
      this.running = run
      run.begin()
    }
    this.isPumping = false
  }

  progress(seq: number, fraction: number): void {
    const { flow, post } = this.settings
    if (flow.offer(seq, fraction)) post([fromThread.progress, seq])
  }

  log(seq: number, line: string, from: Message.OutputSource, isLast: boolean): void {
    const { flow, post } = this.settings
    post([fromThread.log, seq, line, from])
    flow.posted(line, isLast)
  }

  said(seq: number, frame: Uint8Array): void {
    this.settings.post([fromThread.said, seq, frame], moved(frame))
  }

  waits(seq: number, isWaiting: boolean): void {
    this.settings.post([fromThread.waits, seq, isWaiting])
  }

  ended({ kind, seq, payload, runMs }: MemberEnd): void {
    // Posted before the next is claimed: the result outlives this thread if the next one is killed.
    this.settings.post([fromThread[kind], seq, payload, runMs], moved(payload))
    this.running = undefined
    this.pump()
  }
}

// Results own their buffers, with what room there is around them. Small ones are copied with the
// message, which is cheaper than a move.
const moved = (bytes: Uint8Array): Array<ArrayBuffer> =>
  bytes.length >= moveBytesMin && bytes.buffer instanceof ArrayBuffer ? [bytes.buffer] : []
