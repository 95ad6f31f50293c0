/** The client's table, watched: apart from the table, which is the hot path of every client. */
import type { ClientTask, ClientSession } from "@scaler-ts/protocol"
import type { Loop } from "@scaler-ts/runtime"
import type { ClientObserver } from "../Observer.ts"
import type { Asker, FutureEntry, Hooks, Listener } from "./FutureEntry.ts"
import { FutureTable } from "./FutureTable.ts"

export class ObservedTable extends FutureTable {
  private readonly observer: ClientObserver

  constructor(
    observer: ClientObserver,
    session: ClientSession,
    loop: Loop.Loop,
    policy: ClientTask.CancelPolicy,
    boundMs: number,
  ) {
    super(session, loop, policy, boundMs)
    this.observer = observer
  }

  override submit(
    submission: Parameters<FutureTable["submit"]>[0],
    hooks: Hooks | undefined,
  ): FutureEntry {
    const entry = super.submit(submission, hooks)
    this.observer.submitted(entry)
    super.listen(entry, (outcome) => this.observer.ended(entry, outcome))
    return entry
  }

  override listen(entry: FutureEntry, listener: Listener): () => void {
    this.observer.awaited(entry)
    return super.listen(entry, listener)
  }

  override ask(entry: FutureEntry, asker: Asker, boundMs: number): () => void {
    this.observer.cancelAsked(entry)
    const told: Asker = (receipt) => {
      this.observer.answered(entry, receipt)
      asker(receipt)
    }
    return super.ask(entry, told, boundMs)
  }
}
