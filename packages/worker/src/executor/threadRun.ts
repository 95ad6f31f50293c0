/** One attempt inside a thread, from the loading of its module to its encoded end. */
import { type Limits, Values } from "@scaler-ts/protocol"
import type { AnyTask, EffectLike } from "@scaler-ts/protocol/tasks"
import { encodeEnd, undecodable } from "./encodeEnd.ts"
import { type Interrupt, type RunEnd, type RunHost, runTask } from "./runTask.ts"
import { runEffect } from "./threadEffect.ts"
import type { ThreadFlow } from "./threadFlow.ts"
import { type FromThread, fromThread } from "./threadMessage.ts"
import type { ThreadTask } from "./threadTask.ts"

export interface Work {
  readonly seq: number
  readonly task: ThreadTask
  /** The number of the attempt, from 1. */
  readonly attempt: number
  readonly input: Uint8Array
}

/** The way to the main side. */
export interface Outlet {
  readonly post: (message: FromThread, moved?: Array<ArrayBuffer>) => void
  readonly flow: ThreadFlow
  readonly limits: Limits
}

export class ThreadRun implements RunHost {
  readonly seq: number
  private readonly work: Work
  private readonly outlet: Outlet
  private readonly onEnd: (message: FromThread, bytes: Uint8Array) => void
  private interruptFunction: Interrupt | undefined
  private hasBegun = false
  private isOver = false
  private sinceMs = 0

  /** `onEnd` is called once, with the message that tells the end and the bytes within it. */
  constructor(work: Work, outlet: Outlet, onEnd: (message: FromThread, bytes: Uint8Array) => void) {
    this.seq = work.seq
    this.work = work
    this.outlet = outlet
    this.onEnd = onEnd
  }

  begin(): void {
    const { task } = this.work
    if (task.definition !== undefined) return this.call(task.definition)
    task.load().then(
      (definition) => this.call(definition),
      (error: unknown) => this.end({ _tag: "threw", error }),
    )
  }

  interrupt(): void {
    if (this.hasBegun) return this.interruptFunction?.()
    // Its module is still being loaded; `call` will find that it is over.
    const error = new Error(`task "${this.work.task.name}" was stopped before its function began`)
    this.end({ _tag: "stopped", error })
  }

  private call(definition: AnyTask): void {
    if (this.isOver) return
    this.hasBegun = true
    let input: unknown
    try {
      input = Values.decode(this.work.input, this.outlet.limits)
    } catch (cause) {
      return this.end({ _tag: "threw", error: undecodable(definition.name, cause) })
    }
    this.sinceMs = performance.now()
    this.interruptFunction = runTask(definition, input, this.work.attempt, this, (end) =>
      this.end(end),
    )
  }

  progress(fraction: number): void {
    if (this.isOver) return
    const { post, flow } = this.outlet
    if (flow.offer(this.seq, fraction)) post([fromThread.progress, this.seq])
  }

  log(line: string): void {
    if (this.isOver) return
    const { post, flow } = this.outlet
    post([fromThread.log, this.seq, line])
    flow.posted(line)
  }

  runEffect(effect: EffectLike<unknown>, done: (end: RunEnd) => void): Interrupt {
    return runEffect(effect, done)
  }

  private end(end: RunEnd): void {
    // A thenable of somebody's own may settle twice.
    if (this.isOver) return
    this.isOver = true
    const runMs = this.sinceMs === 0 ? 0 : performance.now() - this.sinceMs
    const encoded = encodeEnd(this.work.task.name, end, this.outlet.limits)
    if (encoded.end === "stopped") {
      const payload = encoded.payload()
      return this.onEnd([fromThread.stopped, this.seq, payload, runMs], payload)
    }
    const { ok, payload } = encoded
    this.onEnd([ok ? fromThread.returned : fromThread.threw, this.seq, payload, runMs], payload)
  }
}
