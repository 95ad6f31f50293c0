/**
 * The client's table: every future that has not ended, and what its step does to the world.
 *
 * Synchronous. Whoever waits is told from a turn of its own, after the whole batch of messages has
 * been worked in, so no user code ever runs on the stack of the message loop (G10).
 */
import { ClientTask, type Limits, NumberTable, type TaskNumber } from "@scaler-ts/protocol"
import type { Loop } from "@scaler-ts/runtime"
import type { TaskRef } from "../FutureError.ts"
import type { Outcome } from "../Outcome.ts"
import type { Receipt } from "../Receipt.ts"
import { decodeResult, type Ended } from "./decodeResult.ts"
import {
  type Asker,
  type Context,
  type FutureEntry,
  type FutureKind,
  type Hooks,
  type Listener,
  Waiting,
} from "./FutureEntry.ts"
import { outcomeOf } from "./outcomeOf.ts"
import { Output } from "./Output.ts"
import { publicReceipt } from "./publicReceipt.ts"
import { type Submission, toMessage } from "./Submission.ts"
import type { SubmitLine } from "./SubmitLine.ts"
import { Teller } from "./Teller.ts"

/** How things stand, for people and for tests. */
export interface ClientStatus {
  /** How many futures have not ended, by state. */
  readonly futures: Readonly<Record<"pending" | "running" | "cancelling", number>>
  /** How many of the pending ones have not been sent, because the scheduler takes no more for now. */
  readonly waiting: number
  /** How many messages and events changed nothing, by the reason. */
  readonly ignored: Readonly<Partial<Record<ClientTask.IgnoredByClient | "unknownTask", number>>>
}

/** What holds for every future of a table. */
export type Rules = Pick<FutureTable, "policy" | "boundMs" | "limits">

export type End = ClientTask.EndCommand

const ended: ClientTask.State = { _tag: "ended", end: "lost", receipt: undefined }

export class FutureTable {
  readonly futures: NumberTable<FutureEntry> = new NumberTable()
  closing = false
  /** When the scheduler was last heard, in milliseconds since the epoch. */
  lastSeen: number | undefined
  /** The name of its client's session, by which others know its tasks; empty within a task. */
  sessionName = ""
  /** Why the connection is gone, once it is. */
  lostReason = ""
  /** Told after an event after which no future is left. */
  onEmpty: () => void = () => {}
  protected lastNumber = 0
  private readonly ignored: Partial<Record<ClientTask.IgnoredByClient | "unknownTask", number>> = {}
  readonly line: SubmitLine
  readonly loop: Loop.Loop
  private readonly teller: Teller
  readonly output: Output
  readonly policy: ClientTask.CancelPolicy
  readonly boundMs: number
  readonly limits: Limits

  constructor(line: SubmitLine, loop: Loop.Loop, options: Rules) {
    this.line = line
    this.loop = loop
    this.teller = new Teller(loop)
    this.output = new Output(line, loop, this.teller)
    ;({ policy: this.policy, boundMs: this.boundMs, limits: this.limits } = options)
  }

  /** Enters a future and sends its task, in this order (R21), or has it wait until it may be. */
  submit<F extends FutureEntry>(
    submission: Submission,
    hooks: Hooks | undefined,
    Kind: FutureKind<F>,
  ): F {
    const entry = new Kind(this, this.takeNumber(), submission.name, hooks)
    this.futures.set(entry.number, entry)
    this.line.send(toMessage(entry.number, submission))
    if (submission.detached) this.detach(entry)
    return entry
  }

  /** Enters a future of a task that has been submitted by somebody; `name`: empty for whichever it has. */
  attach<F extends FutureEntry>(
    name: string,
    hooks: Hooks & { readonly id: string },
    Kind: FutureKind<F>,
  ): F {
    const task = this.takeNumber()
    const entry = new Kind(this, task, name, hooks)
    entry.machine = ClientTask.attached
    this.futures.set(task, entry)
    const wantsOutput = hooks.onLog !== undefined
    this.line.send({ _tag: "TaskAttach", task, id: hooks.id, name, wantsOutput })
    return entry
  }

  detach(entry: FutureEntry): void {
    this.apply(entry, { _tag: "DetachAsked" }, { boundMs: this.boundMs })
  }

  /** Whether a future of that number has ever been. */
  isKnown(task: TaskNumber): boolean {
    return task <= this.lastNumber
  }

  /** A number for a future that is never sent. */
  takeNumber(): TaskNumber {
    return ++this.lastNumber
  }

  /** Asks that a task stop. The asker is told on a later turn; the returned function gives up waiting, not the cancel. */
  ask(entry: FutureEntry, asker: Asker, boundMs: number): () => void {
    this.apply(entry, { _tag: "CancelAsked" }, { asker, boundMs })
    const joined = entry.cancelling?.askers
    return () => {
      joined?.delete(asker)
    }
  }

  applyToAll(event: ClientTask.Event, boundMs: number): void {
    for (const entry of this.futures.values()) this.apply(entry, event, { boundMs })
  }

  /** Another scheduler is there, which knows nothing of any task. */
  schedulerChanged(): void {
    this.output.clear()
    for (const entry of this.futures.values()) {
      const again = this.line.maySendAgain(entry.number)
      this.apply(entry, { _tag: "SchedulerChanged", again }, { boundMs: this.boundMs })
    }
    this.line.resume()
  }

  forget(entry: FutureEntry): void {
    if (entry.end === undefined) this.output.forget(entry)
    this.apply(entry, { _tag: "Forgotten" }, { boundMs: this.boundMs })
  }

  /** Registers somebody to be told the outcome once; the returned function takes that back. */
  listen(entry: FutureEntry, listener: Listener): () => void {
    const one = new Waiting(listener)
    if (entry.end === undefined) entry.addWaiting(one)
    else {
      entry.onSeen()
      this.tellEnd(entry, one, entry.end)
    }
    return () => entry.dropWaiting(one)
  }

  /** As the line says it, see there. */
  whenSent(task: TaskNumber, teller: (isSent: boolean) => void): () => void {
    return this.line.whenSent(task, teller)
  }

  /** Tells somebody something that has to do with a task, on a turn of its own. */
  tell(ref: TaskRef, run: () => unknown): void {
    this.teller.tell(ref, run)
  }

  status(): ClientStatus {
    const futures = { pending: 0, running: 0, cancelling: 0 }
    for (const { machine } of this.futures.values()) {
      if (machine._tag === "cancelling") futures.cancelling++
      else if (machine._tag === "pending") futures[machine.running ? "running" : "pending"]++
    }
    return { futures, waiting: this.line.size, ignored: { ...this.ignored } }
  }

  /** Something has come for the future of that number, which may have ended, or never have been. */
  applyTo(task: TaskNumber, event: ClientTask.Event): void {
    const entry = this.futures.get(task)
    if (entry !== undefined) return this.apply(entry, event, { boundMs: this.boundMs })
    if (!this.isKnown(task)) return this.count("unknownTask")
    // A future leaves the table when it ends; what comes for it now is what `ended` ignores.
    for (const command of ClientTask.step(ended, event, this).commands) {
      if (command._tag === "Ignore") this.count(command.counter)
    }
  }

  private apply(entry: FutureEntry, event: ClientTask.Event, context: Context): void {
    const { state, commands } = ClientTask.step(entry.machine, event, this)
    entry.machine = state
    for (const command of commands) this.carryOut(entry, command, context)
    if (state._tag === "ended" && this.futures.size === 0) this.onEmpty()
  }

  private carryOut(entry: FutureEntry, command: ClientTask.Command, context: Context): void {
    switch (command._tag) {
      case "SendAgain":
        return this.line.sendAgain(entry.number)
      case "SendCancel":
        this.line.send({ _tag: "TaskCancel", task: entry.number, attempt: 0, force: true })
        entry.cancelling ??= { askers: new Set(), askedAtMs: 0, stopBound: undefined }
        entry.cancelling.askedAtMs = this.loop.nowMs()
        return
      case "SendDetach":
        return this.line.send({ _tag: "TaskDetach", task: entry.number })
      case "StartBound":
        if (entry.cancelling === undefined) return
        entry.cancelling.stopBound = this.loop.after(context.boundMs, () =>
          this.apply(entry, { _tag: "BoundPassed" }, { boundMs: this.boundMs }),
        )
        return
      case "StopBound":
        entry.cancelling?.stopBound?.()
        return
      case "ShowRunning":
        return
      case "Wait":
        if (context.asker !== undefined) entry.cancelling?.askers.add(context.asker)
        return
      case "Reply":
        return this.reply(entry, context.asker)
      case "Answer":
        return this.answer(entry, entry.receipt ?? this.toPublic(entry, command.receipt))
      case "End":
        return this.end(entry, command)
      case "Ignore":
        return this.count(command.counter)
    }
  }

  private reply(entry: FutureEntry, asker: Asker | undefined): void {
    const { end: outcome } = entry
    if (asker === undefined || outcome === undefined) return
    entry.onSeen()
    const receipt: Receipt<unknown> = entry.receipt ?? {
      _tag: "AlreadyDone",
      outcome,
      cancelled: outcome._tag === "Cancelled",
    }
    this.teller.tell(entry, () => asker(receipt))
  }

  private answer(entry: FutureEntry, receipt: Receipt<unknown>): void {
    const { cancelling } = entry
    if (cancelling === undefined) return
    const { askers } = cancelling
    // Who asks from now on waits for the next answer.
    if (entry.machine._tag === "cancelling") cancelling.askers = new Set()
    else entry.cancelling = undefined
    // Read on the later turn: who has given up by then is not told.
    this.teller.tell(entry, () => {
      for (const asker of askers) asker(receipt)
    })
  }

  protected end(entry: FutureEntry, end: End): void {
    this.futures.delete(entry.number)
    this.line.ended(entry.number)
    const result =
      end.result === undefined ? undefined : decodeResult(entry, end.result, this.limits)
    const { machine } = entry
    if (machine._tag === "ended" && machine.receipt !== undefined) {
      entry.receipt = this.toPublic(entry, machine.receipt, result, end.end === "cancelled")
    }
    const outcome = outcomeOf(entry, end, result, this.lostReason)
    entry.end = outcome
    const { waiting, isAwaited } = entry
    entry.waiting = undefined
    if (waiting instanceof Waiting) this.tellEnd(entry, waiting, outcome)
    else if (waiting !== undefined) for (const one of waiting) this.tellEnd(entry, one, outcome)
    entry.onEnd(isAwaited)
  }

  private tellEnd(entry: FutureEntry, one: Waiting, outcome: Outcome<unknown>): void {
    this.teller.tell(entry, () => one.wanted && one.listener(outcome))
  }

  private toPublic(
    entry: FutureEntry,
    receipt: ClientTask.Receipt,
    result?: Ended,
    cancelled = false,
  ): Receipt<unknown> {
    const now = this.loop.nowMs()
    const waitedMs = now - (entry.cancelling?.askedAtMs ?? now)
    return publicReceipt(receipt, { result, cancelled, waitedMs, lastSeen: this.lastSeen })
  }

  count(counter: ClientTask.IgnoredByClient | "unknownTask"): void {
    this.ignored[counter] = (this.ignored[counter] ?? 0) + 1
  }
}
