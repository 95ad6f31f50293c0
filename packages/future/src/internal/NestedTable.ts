/**
 * The table of a client within a task: it tells when the task begins to wait for children, and when it goes on.
 *
 * The task waits while anybody is to be told how a child ends, or what became of a cancel: that is what
 * `await`, `call`, `map`, `onDone` and all others come to.
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
  /** The futures that have not ended and that somebody waits for. */
  private readonly awaited = new Set<FutureEntry>()

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

  protected override end(entry: FutureEntry, end: End): void {
    super.end(entry, end)
    this.look(entry)
  }

  /** Whether anybody waits for a future may have changed. */
  private look(entry: FutureEntry): void {
    const { awaited } = this
    const waited = awaited.size > 0
    if (entry.end === undefined && entry.isAwaited) awaited.add(entry)
    else awaited.delete(entry)
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
