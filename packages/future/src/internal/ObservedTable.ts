/** The client's table, watched: apart from the table, which is the hot path of every client. */
import type { Loop } from "@scaler-ts/runtime"
import type { ClientObserver } from "../Observer.ts"
import type { Asker, FutureEntry, FutureKind, Hooks, Listener } from "./FutureEntry.ts"
import { type End, FutureTable, type Rules } from "./FutureTable.ts"
import type { Submission } from "./Submission.ts"
import type { SubmitLine } from "./SubmitLine.ts"

export class ObservedTable extends FutureTable {
  private readonly observer: ClientObserver

  constructor(observer: ClientObserver, line: SubmitLine, loop: Loop.Loop, options: Rules) {
    super(line, loop, options)
    this.observer = observer
  }

  override submit<F extends FutureEntry>(
    submission: Submission,
    hooks: Hooks | undefined,
    Kind: FutureKind<F>,
  ): F {
    const { name, traceparent } = submission
    const own = this.observer.submitting?.(name, traceparent)
    const sent = own === undefined ? submission : { ...submission, traceparent: own }
    const entry = super.submit(sent, hooks, Kind)
    this.observer.submitted(entry)
    return entry
  }

  override attach<F extends FutureEntry>(
    name: string,
    hooks: Hooks & { readonly id: string },
    Kind: FutureKind<F>,
  ): F {
    const entry = super.attach(name, hooks, Kind)
    this.observer.attached(entry)
    return entry
  }

  override listen(entry: FutureEntry, listener: Listener): () => void {
    this.observer.awaited(entry)
    return super.listen(entry, listener)
  }

  override ask(entry: FutureEntry, asker: Asker, boundMs: number): () => void {
    const { machine } = entry
    const startsBound =
      machine._tag === "pending" || (machine._tag === "cancelling" && machine.bound === "passed")
    this.observer.cancelAsked(entry, startsBound ? boundMs : undefined)
    let waits = true
    const told: Asker = (receipt) => {
      waits = false
      this.observer.answered(entry, receipt)
      asker(receipt)
    }
    const giveUp = super.ask(entry, told, boundMs)
    return () => {
      if (waits) this.observer.gaveUp(entry)
      waits = false
      giveUp()
    }
  }

  protected override end(entry: FutureEntry, end: End): void {
    super.end(entry, end)
    const { end: outcome } = entry
    // Not as one who waits: whether anybody does is for the future's face to know.
    if (outcome !== undefined) this.tell(entry, () => this.observer.ended(entry, outcome))
  }
}
