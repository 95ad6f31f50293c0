/** One attempt inside a member of a pool, from the loading of its module to its encoded end. */
import { type Limits, type Message, Nesting, Values } from "@scaler-ts/protocol"
import type { AnyTask, EffectLike } from "@scaler-ts/protocol/tasks"
import { performance } from "node:perf_hooks"
import type { Attempt } from "../Executor.ts"
import { lineMaxOf, shortened } from "../lines.ts"
import { frameOf, toChildren } from "./childFrames.ts"
import { encodeEnd, undecodable } from "./encodeEnd.ts"
import { type Interrupt, type RunEnd, type RunHost, runTask } from "./runTask.ts"
import { runEffect } from "./memberEffect.ts"
import type { Leftovers } from "./memberLeftovers.ts"
import type { MemberPrints } from "./memberPrints.ts"
import type { MemberTask } from "./memberTask.ts"
import { beforeItBegan, type MemberEnd } from "./poolMember.ts"

export interface Work extends Pick<Attempt, "attempt" | "traceparent" | "input" | "wantsOutput"> {
  readonly seq: number
  readonly task: MemberTask
}

/** The way to the main side. */
export interface Outlet {
  readonly progress: (seq: number, fraction: number) => void
  /** `isLast`: the function has ended, so nothing may wait any more for its lines to be taken. */
  readonly log: (seq: number, line: string, from: Message.OutputSource, isLast: boolean) => void
  /** A client within the function has said something about a child, in a frame. */
  readonly said: (seq: number, frame: Uint8Array) => void
  /** The function begins to wait for children, or goes on. */
  readonly waits: (seq: number, isWaiting: boolean) => void
  /** Called once, last. */
  readonly ended: (end: MemberEnd) => void
  readonly limits: Limits
  readonly leftovers: Leftovers
  /** Where it can be seen what a function prints. */
  readonly prints?: MemberPrints
}

export class MemberRun implements RunHost {
  readonly seq: number
  private readonly work: Work
  private readonly outlet: Outlet
  private interruptFunction: Interrupt | undefined
  private hasBegun = false
  /** Its function has ended, and says its last lines (G10). */
  private isEnding = false
  private isOver = false
  private sinceMs = 0
  private ownNesting: Nesting | undefined

  constructor(work: Work, outlet: Outlet) {
    this.seq = work.seq
    this.work = work
    this.outlet = outlet
  }

  begin(): void {
    const { task, wantsOutput } = this.work
    if (wantsOutput) this.outlet.prints?.begin((line, from) => this.say(line, from))
    if (task.definition !== undefined) return this.call(task.definition)
    task.load().then(
      (definition) => this.call(definition),
      (error: unknown) => this.end({ _tag: "threw", error }),
    )
  }

  interrupt(): void {
    if (this.hasBegun) return this.interruptFunction?.()
    // Its module is still being loaded; `call` will find that it is over.
    this.end({ _tag: "stopped", error: beforeItBegan(this.work.task.name) })
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
    const { leftovers } = this.outlet
    leftovers.begin()
    this.sinceMs = performance.now()
    this.interruptFunction = runTask(definition, input, this.work, this, (end) => this.end(end))
    if (!this.isOver) leftovers.hasWaited()
  }

  progress(fraction: number): void {
    if (!this.isOver) this.outlet.progress(this.seq, fraction)
  }

  log(line: string): void {
    if (!this.work.wantsOutput) return
    // Here already, because it fits into no frame of a process, and is better not copied by a thread.
    this.say(shortened(line, lineMaxOf(this.outlet.limits)), "log")
  }

  private say(line: string, from: Message.OutputSource): void {
    if (!this.isOver) this.outlet.log(this.seq, line, from, this.isEnding)
  }

  nesting(): Nesting {
    const { seq, outlet } = this
    this.ownNesting ??= new Nesting({
      said: (message) => outlet.said(seq, frameOf(message)),
      waits: (isWaiting) => outlet.waits(seq, isWaiting),
    })
    return this.ownNesting
  }

  /** Something has come about a child, in a frame. */
  hearOfChild(frame: Uint8Array): void {
    for (const message of toChildren(frame, this.outlet.limits)) this.ownNesting?.hear(message)
  }

  runEffect(effect: EffectLike<unknown>, done: (end: RunEnd) => void): Interrupt {
    return runEffect(effect, this.work, done)
  }

  private end(end: RunEnd): void {
    // A thenable of somebody's own may settle twice.
    if (this.isOver) return
    this.isEnding = true
    if (this.work.wantsOutput) this.outlet.prints?.end()
    this.isOver = true
    this.ownNesting?.end("the task that submitted it has ended")
    const runMs = this.sinceMs === 0 ? 0 : performance.now() - this.sinceMs
    const encoded = encodeEnd(this.work.task.name, end, this.outlet.limits)
    const { seq, outlet } = this
    if (encoded.end === "returned") {
      const { ok, payload } = encoded
      return outlet.ended({ kind: ok ? "returned" : "threw", seq, payload, runMs })
    }
    const stopped = { kind: "stopped", seq, payload: encoded.payload(), runMs } as const
    if (this.hasBegun) outlet.leftovers.whenGone(() => outlet.ended(stopped))
    else outlet.ended(stopped)
  }
}
