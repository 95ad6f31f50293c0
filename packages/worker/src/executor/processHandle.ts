/** One process, seen from the main side: what it runs, what has been written to it, and its end. */
import { type Limits, type Message, Values } from "@scaler-ts/protocol"
import type { ChildProcess } from "node:child_process"
import type { Writable } from "node:stream"
import { lineMaxOf } from "../lines.ts"
import type { Stream } from "./memberPrints.ts"
import { type PoolEntry, PoolLine } from "./poolLine.ts"
import type { MemberEnd, PoolListener, PoolMember } from "./poolMember.ts"
import { type Head, fromProcess, headOf, textOf, toProcess } from "./processFrames.ts"
import { ProcessCredit } from "./processFlow.ts"
import { exitReason, ProcessExit } from "./processExit.ts"
import type { ProcessForward } from "./processForward.ts"
import type { ProcessGroups } from "./processGroups.ts"
import type { ProcessMemory } from "./processMemory.ts"
import { ProcessOutput } from "./processOutput.ts"
import { ProcessPosts } from "./processPosts.ts"
import { type ProcessReaper, unref } from "./processReaper.ts"
import { type Started, startProcess } from "./processStart.ts"

/** When a process that has finished an attempt is replaced by a fresh one. */
export interface Recycle {
  /** After that many attempts. */
  readonly tasks: number
  /** When it uses that much memory, in MiB. */
  readonly memoryMb: number
}

export interface ProcessSettings {
  readonly memoryMaxMb: number | undefined
  readonly recycle: Recycle
  /** For values in the process, and for what is taken from it. */
  readonly limits: Limits
  /** The module that a process runs. */
  readonly entry: URL
  readonly groups: ProcessGroups
  readonly memory: ProcessMemory
  readonly reaper: ProcessReaper
  /** Where what is printed goes when nobody wants to be told it. */
  readonly forward: Readonly<Record<Stream, ProcessForward>>
}

/** How long a process that is to be replaced may take to exit by itself, in milliseconds. */
const retireMs = 1_000

/**
 * A process of a pool. It is given one attempt at a time, which cannot be taken back once it has been
 * written. Whether it had begun matters when it dies by itself: what it had not is another's to run.
 */
export class ProcessHandle implements PoolMember {
  readonly queue: PoolLine = new PoolLine()
  isUp = false
  isEnding = false
  isHeld = false
  hasWorked = false
  finishedBefore = 0

  private readonly settings: ProcessSettings
  private readonly listener: PoolListener
  private readonly child: ChildProcess
  private readonly input: Writable
  private readonly output: ProcessOutput
  private readonly credit: ProcessCredit
  /** Its own number and that of its group. */
  private readonly group: number | undefined
  private readonly posts = new ProcessPosts()
  private stopWatching: () => void = () => {}
  private nextSeq = 1
  /** The last that it says it has begun, and that it was asked to stop. */
  private begunSeq = 0
  private abortedSeq = 0
  private isEndingGroup = false
  private ran = 0
  private memoryMb = 0
  /** Why it is being ended, where that is more than that it was killed. */
  private why: string | undefined
  private dyingOf: string | undefined
  private readonly exit = new ProcessExit((reason) => this.listener.exited(this, reason))

  constructor(settings: ProcessSettings, listener: PoolListener) {
    this.settings = settings
    this.listener = listener
    const { child, input, said, credit } = startProcess(settings)
    this.child = child
    this.input = input
    this.output = this.hearing(said)
    this.credit = new ProcessCredit(credit)
    credit.on("error", () => {})
    this.group = child.pid
    this.listen()
    if (this.group !== undefined) settings.reaper.add(this.group)
    // An idle process keeps no process alive, and a busy one does so by itself.
    child.unref()
    for (const pipe of child.stdio) unref(pipe)
  }

  hasRoom(): boolean {
    return this.isUsable() && this.queue.size === 0 && !this.isSpent()
  }

  give(entry: PoolEntry): void {
    entry.member = this
    entry.seq = this.nextSeq++
    entry.isPosted = false
    this.queue.push(entry)
    this.child.ref()
    this.startWatching()
    if (this.isUp) this.post(entry)
  }

  isClaimed(entry: PoolEntry): boolean {
    // What was to be stopped, or killed, is not to run elsewhere, whether it had begun or not (G2).
    const isToEnd = this.isEnding || this.abortedSeq === entry.seq
    return entry.isPosted && (isToEnd || this.begunSeq === entry.seq)
  }

  withdraw(entry: PoolEntry): boolean {
    return !entry.isPosted
  }

  finish(entry: PoolEntry): void {
    this.isHeld = false
    this.hasWorked = true
    this.ran++
    this.remove(entry)
    if (this.isSpent()) this.retire()
  }

  remove(entry: PoolEntry): void {
    this.queue.remove(entry)
    entry.member = undefined
    // One that is being ended is waited for.
    if (this.queue.size > 0 || this.isEnding) return
    this.stopWatching()
    this.child.unref()
  }

  abort(entry: PoolEntry): void {
    this.abortedSeq = entry.seq
    this.write({ kind: toProcess.abort, seq: entry.seq, index: 0, value: 0 })
  }

  tellChild({ seq }: PoolEntry, frame: Uint8Array): void {
    this.write({ kind: toProcess.child, seq, index: 0, value: 0 }, frame)
  }

  taken(line: string, from: Message.OutputSource): void {
    // One that is being ended stays held: it shall not talk on until it is gone.
    if (this.isEnding) return
    this.output.taken(line)
    // What is printed holds whoever prints it by the pipe that is not read.
    if (from === "log") this.credit.taken(line)
  }

  terminate(why?: string): void {
    if (this.isEnding) return
    this.isEnding = true
    this.why = why
    this.child.ref()
    if (this.group !== undefined) this.endGroup(this.group)
  }

  leave(): void {
    this.child.unref()
    for (const pipe of this.child.stdio) unref(pipe)
  }

  private isUsable(): boolean {
    return !this.isEnding && !this.exit.isSeen
  }

  private isSpent(): boolean {
    const { tasks, memoryMb } = this.settings.recycle
    return this.ran >= tasks || this.memoryMb > memoryMb
  }

  private startWatching(): void {
    if (this.group === undefined) return
    this.stopWatching = this.settings.memory.watch(this.group, (usedMb) =>
      this.terminate(`used ${usedMb} MiB of memory, more than it may, and was killed`),
    )
  }

  /** Lets it exit by itself, which it does when its input ends. */
  private retire(): void {
    if (this.isEnding) return
    this.isEnding = true
    this.input.end()
    setTimeout(() => {
      if (!this.exit.isSeen && this.group !== undefined) this.endGroup(this.group)
    }, retireMs).unref()
  }

  private endGroup(group: number): void {
    // Once: when it is gone its number may come to be somebody else's.
    if (this.isEndingGroup) return
    this.isEndingGroup = true
    this.settings.groups.end(group, () => {
      this.settings.reaper.remove(group)
      this.exit.gone()
      this.output.finish()
    })
  }

  private post(entry: PoolEntry): void {
    // Already taken back; it stays in the queue only until its end has been reported.
    if (entry.isPosted || entry.early !== undefined) return
    entry.isPosted = true
    // All frames, or the one, leave in one system call.
    this.input.cork()
    this.posts.frames(entry, this.write)
    this.input.uncork()
  }

  private readonly write = (head: Head, body?: Uint8Array): void => {
    this.input.write(headOf(head, body?.length ?? 0))
    if (body !== undefined && body.length > 0) this.input.write(body)
  }

  private hearing(said: Started["said"]): ProcessOutput {
    const { limits, forward } = this.settings
    return new ProcessOutput({
      ...said,
      forward,
      lineMax: lineMaxOf(limits),
      bodyBytesMax: Math.max(limits.frameBytesMax, limits.textBytesMax),
      room: (bytes) => Values.roomFor(bytes),
      onLine: (seq, line, from) => this.listener.log(this, seq, line, from),
      onFrame: (head, body) => this.hear(head, body),
      onGarbage: () =>
        this.terminate("wrote to the pipe of the executor, which is not its own, and was killed"),
      onOver: () => this.exit.drained(),
    })
  }

  private listen(): void {
    const { child } = this
    this.input.on("error", () => {})
    child.on("error", (error) => {
      if (this.group !== undefined) return
      this.exit.drained()
      this.exit.gone()
      this.exit.exited(`could not be started: ${error.message}`)
    })
    child.on("exit", (code, signal) => {
      this.stopWatching()
      if (this.group !== undefined) this.endGroup(this.group)
      this.exit.exited(this.why ?? exitReason(code, signal, this.isEnding, this.dyingOf))
    })
  }

  private hear({ kind, seq, index, value }: Head, body: Uint8Array): void {
    const { listener } = this
    switch (kind) {
      case fromProcess.up:
        listener.cameUp(this)
        if (this.queue.first !== undefined) this.post(this.queue.first)
        return
      case fromProcess.begun:
        this.begunSeq = seq
        return
      case fromProcess.returned:
      case fromProcess.threw:
        this.memoryMb = index
        return listener.ended(this, { kind: endKinds[kind], seq, payload: body, runMs: value })
      case fromProcess.stopped:
        this.memoryMb = index
        return this.stopped({ kind: "stopped", seq, payload: body, runMs: value })
      case fromProcess.progress:
        return listener.progress(this, seq, value)
      case fromProcess.said:
        return listener.said(this, seq, body)
      case fromProcess.waits:
        return listener.waits(this, seq, value === 1)
      case fromProcess.died:
        this.dyingOf = textOf(body)
    }
  }

  /** A function has stopped; it is told when the processes that it started are gone, too (G2). */
  private stopped(end: MemberEnd): void {
    const { group } = this
    if (group === undefined) return
    this.settings.groups.whenAlone(
      group,
      () => this.isUsable(),
      () => this.listener.ended(this, end),
    )
  }
}

const endKinds = { [fromProcess.returned]: "returned", [fromProcess.threw]: "threw" } as const
