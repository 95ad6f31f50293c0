/** Runs what a process is sent: one attempt at a time. */
import type { Limits, Message } from "@scaler-ts/protocol"
import { performance } from "node:perf_hooks"
import process from "node:process"
import { setTimeout } from "node:timers"
import type { ProcessData } from "./processStart.ts"
import { Leftovers, type Lifeline } from "./memberLeftovers.ts"
import { MemberRun, type Outlet } from "./memberRun.ts"
import { MemberTask } from "./memberTask.ts"
import { ProcessPrints } from "./processPrints.ts"
import type { MemberEnd } from "./poolMember.ts"
import type { ProcessFlow } from "./processFlow.ts"
import {
  bytesOf,
  fromProcess,
  type Head,
  meets,
  sources,
  taskOf,
  textOf,
  toProcess,
} from "./processFrames.ts"

/** Of progress told in quick succession only the newest is sent, this many milliseconds after the last. */
const progressMs = 20

/** The ways to the main side. */
export interface ProcessPipes {
  readonly flow: ProcessFlow
  readonly write: (head: Head, body?: Uint8Array) => void
  readonly lifeline: Lifeline
}

export class ProcessRunner implements Outlet {
  readonly limits: Limits
  readonly leftovers: Leftovers
  private readonly printed: ProcessPrints
  private readonly flow: ProcessFlow
  private readonly write: (head: Head, body?: Uint8Array) => void
  private readonly tellsMemory: boolean
  private readonly tasks = new Map<number, MemberTask>()
  private running: MemberRun | undefined
  /** That of the next attempt. */
  private traceparent = ""
  private fraction: number | undefined
  private progressAtMs = -Infinity

  constructor({ limits, mark, tellsMemory }: ProcessData, { flow, write, lifeline }: ProcessPipes) {
    this.leftovers = new Leftovers(lifeline)
    this.printed = new ProcessPrints(Buffer.from(mark, "hex"), () =>
      write({ kind: fromProcess.turn | meets, seq: 0, index: 0, value: 0 }),
    )
    this.flow = flow
    this.limits = limits
    this.tellsMemory = tellsMemory
    this.write = write
  }

  receive({ kind, seq, index, value }: Head, body: Uint8Array): void {
    const task = this.tasks.get(index)
    switch (kind) {
      case toProcess.task:
        this.tasks.set(index, new MemberTask(...taskOf(body)))
        return
      case toProcess.run:
      case toProcess.runListened: {
        // Both sides count alike, so it is never missing.
        if (task === undefined) return
        const wantsOutput = kind === toProcess.runListened
        if (wantsOutput) this.printed.begin()
        // Before its module is loaded, for a module may hang, or end the process.
        this.tell({ kind: fromProcess.begun, seq, index: 0, value: 0 })
        const { traceparent } = this
        this.traceparent = ""
        const work = { seq, task, attempt: value, input: body, wantsOutput, traceparent }
        this.running = new MemberRun(work, this)
        // What it tells first follows nothing of its own, and it may never yield to a timer.
        this.progressAtMs = -Infinity
        return this.running.begin()
      }
      case toProcess.trace:
        this.traceparent = textOf(body)
        return
      case toProcess.abort:
        if (this.running?.seq === seq) this.running.interrupt()
        return
      case toProcess.child:
        if (this.running?.seq === seq) this.running.hearOfChild(body)
    }
  }

  progress(seq: number, fraction: number): void {
    const nowMs = performance.now()
    if (nowMs - this.progressAtMs >= progressMs) {
      this.progressAtMs = nowMs
      return this.write({ kind: fromProcess.progress, seq, index: 0, value: fraction })
    }
    const isPending = this.fraction !== undefined
    this.fraction = fraction
    if (!isPending) setTimeout(() => this.flushProgress(seq), progressMs).unref()
  }

  log(seq: number, line: string, from: Message.OutputSource, isLast: boolean): void {
    const index = sources.indexOf(from)
    this.tell({ kind: fromProcess.log, seq, index, value: 0 }, bytesOf(line))
    this.flow.posted(line, isLast)
  }

  said(seq: number, frame: Uint8Array): void {
    this.write({ kind: fromProcess.said, seq, index: 0, value: 0 }, frame)
  }

  waits(seq: number, isWaiting: boolean): void {
    this.write({ kind: fromProcess.waits, seq, index: 0, value: isWaiting ? 1 : 0 })
  }

  ended({ kind, seq, payload, runMs }: MemberEnd): void {
    this.flushProgress(seq)
    this.running = undefined
    const index = this.tellsMemory ? Math.ceil(process.memoryUsage.rss() / mebi) : 0
    this.tell({ kind: fromProcess[kind], seq, index, value: runMs }, payload)
    this.printed.end()
  }

  /** Says what has its place among what is printed, if anybody wants to be told that. */
  private tell(head: Head, body?: Uint8Array): void {
    if (!this.printed.isOpen) return this.write(head, body)
    this.printed.meet()
    this.write({ ...head, kind: head.kind | meets }, body)
  }

  private flushProgress(seq: number): void {
    const { fraction } = this
    if (fraction === undefined || this.running?.seq !== seq) return
    this.fraction = undefined
    this.write({ kind: fromProcess.progress, seq, index: 0, value: fraction })
  }
}

const mebi = 1_048_576
