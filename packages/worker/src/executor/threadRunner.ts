/** Runs what a thread is sent: one attempt at a time, in order. */
import type { ThreadClaims } from "./threadClaims.ts"
import {
  type FromThread,
  inLarge,
  moveBytesMin,
  numbersPerAttempt,
  type RunMessage,
  type ToThread,
  toThread,
} from "./threadMessage.ts"
import { type Outlet, ThreadRun, type Work } from "./threadRun.ts"
import { ThreadTask } from "./threadTask.ts"

export class ThreadRunner {
  private readonly claims: ThreadClaims
  private readonly outlet: Outlet
  private readonly tasks: Array<ThreadTask> = []
  private readonly queue: Array<Work> = []
  private running: ThreadRun | undefined
  private isPumping = false

  constructor(claims: ThreadClaims, outlet: Outlet) {
    this.claims = claims
    this.outlet = outlet
  }

  receive(message: ToThread): void {
    if (message[0] === toThread.abort) {
      if (this.running?.seq === message[1]) this.running.interrupt()
      return
    }
    this.unpack(message)
    this.pump()
  }

  private unpack([, newTasks, work, packed, large]: RunMessage): void {
    for (let i = 0; i + 1 < newTasks.length; i += 2) {
      this.tasks.push(new ThreadTask(newTasks[i] ?? "", newTasks[i + 1] ?? ""))
    }
    let at = 0
    let nextLarge = 0
    for (let i = 0; i + numbersPerAttempt <= work.length; i += numbersPerAttempt) {
      const [seq = 0, index = 0, attempt = 0, length = 0] = work.slice(i, i + numbersPerAttempt)
      const task = this.tasks[index]
      const input = length === inLarge ? large[nextLarge++] : packed.subarray(at, (at += length))
      // Both sides count alike, so neither is ever missing.
      if (task === undefined || input === undefined) continue
      this.queue.push({ seq, task, attempt, input })
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
      if (!this.claims.claim(work.seq)) continue
      const run = new ThreadRun(work, this.outlet, (message, bytes) => this.onEnd(message, bytes))
      this.running = run
      run.begin()
    }
    this.isPumping = false
  }

  private onEnd(message: FromThread, bytes: Uint8Array): void {
    // Posted before the next is claimed: the result outlives this thread if the next one is killed.
    this.outlet.post(message, moved(bytes))
    this.running = undefined
    this.pump()
  }
}

// Results own their buffers, with what room there is around them. Small ones are copied with the
// message, which is cheaper than a move.
const moved = (bytes: Uint8Array): Array<ArrayBuffer> =>
  bytes.length >= moveBytesMin && bytes.buffer instanceof ArrayBuffer ? [bytes.buffer] : []
