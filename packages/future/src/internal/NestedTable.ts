/**
 * The table of a client within a task: it tells when the task begins to wait for children, and when it goes on.
 *
 * The task waits while anybody is to be told how a child ends, what became of a cancel, or that one has been
 * sent: that is what `await`, `call`, `map`, `onDone`, a `submit` that waits and all others come to.
 */
import type { Nesting, TaskNumber } from "@scaler-ts/protocol"
import type { Loop } from "@scaler-ts/runtime"
import type { ClientObserver } from "../Observer.ts"
import type { Asker, FutureEntry, FutureKind, Hooks, Listener } from "./FutureEntry.ts"
import type { End, Rules } from "./FutureTable.ts"
import { nobody } from "./nobody.ts"
import { ObservedTable } from "./ObservedTable.ts"
import type { Submission } from "./Submission.ts"
import type { SubmitLine } from "./SubmitLine.ts"

export class NestedTable extends ObservedTable {
  private readonly nesting: Nesting
  /** What has not come to its end and somebody waits for: futures, and whoever is to be told that one was sent. */
  private readonly awaited = new Set<object>()

  constructor(
    nesting: Nesting,
    observer: ClientObserver | undefined,
    line: SubmitLine,
    loop: Loop.Loop,
    rules: Rules,
  ) {
    super(observer ?? nobody, line, loop, rules)
    this.nesting = nesting
  }

  // What it submits ends with its task, and its worker speaks of nothing else: refused before anything is sent.
  override submit<F extends FutureEntry>(
    submission: Submission,
    hooks: Hooks | undefined,
    Kind: FutureKind<F>,
  ): F {
    return submission.detached ? refuseToDetach() : super.submit(submission, hooks, Kind)
  }

  override detach(): never {
    return refuseToDetach()
  }

  override attach(): never {
    throw new TypeError(`a client within a task attaches to nothing; ${useAnother}`)
  }

  override takeNumber(): TaskNumber {
    this.lastNumber = this.nesting.nextNumber()
    return this.lastNumber
  }

  override listen(entry: FutureEntry, listener: Listener): () => void {
    const stop = super.listen(entry, listener)
    this.look(entry)
    return () => {
      stop()
      this.look(entry)
    }
  }

  override ask(entry: FutureEntry, asker: Asker, boundMs: number): () => void {
    const told: Asker = (receipt) => {
      this.look(entry)
      asker(receipt)
    }
    const giveUp = super.ask(entry, told, boundMs)
    this.look(entry)
    return () => {
      giveUp()
      this.look(entry)
    }
  }

  // What is sent next may be a child that needs the slot of this task to end, and give its credit back.
  override whenSent(task: TaskNumber, teller: (isSent: boolean) => void): () => void {
    if (!this.line.isWaiting(task)) return super.whenSent(task, teller)
    const told = (isSent: boolean): void => {
      this.setAwaited(told, false)
      teller(isSent)
    }
    const stop = super.whenSent(task, told)
    this.setAwaited(told, true)
    return () => {
      stop()
      this.setAwaited(told, false)
    }
  }

  protected override end(entry: FutureEntry, end: End): void {
    super.end(entry, end)
    this.look(entry)
  }

  /** Whether anybody waits for a future may have changed. */
  private look(entry: FutureEntry): void {
    this.setAwaited(entry, entry.end === undefined && entry.isAwaited)
  }

  private setAwaited(one: object, isAwaited: boolean): void {
    const { awaited } = this
    const waited = awaited.size > 0
    if (isAwaited) awaited.add(one)
    else awaited.delete(one)
    const waits = awaited.size > 0
    if (waits !== waited) this.nesting.waits(waits)
  }
}

const useAnother = "use a client that is connected to the scheduler"

const refuseToDetach = (): never => {
  throw new TypeError(
    `a client within a task detaches nothing, because children end with it; ${useAnother}`,
  )
}
