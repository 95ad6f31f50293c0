/** Failures that nobody has looked at, and may never. */
import type { TaskNumber } from "@scaler-ts/protocol"
import type { Loop } from "@scaler-ts/runtime"
import * as Effect from "effect/Effect"
import type { FutureError, TaskRef } from "../FutureError.ts"

/** How many a warning shows at most. */
const shownMax = 10

/**
 * A future is only a promise for whoever asks it for its value, so a failure that nobody asks about
 * would go by unheard. It may be asked about for as long as somebody holds the future: a warning
 * comes when it has been collected as garbage, or when the client closes.
 */
export class Unseen {
  private readonly failures = new Map<TaskNumber, FutureError>()
  private readonly collected = new FinalizationRegistry<TaskNumber>((number) => {
    const failure = this.failures.get(number)
    if (failure === undefined) return
    this.failures.delete(number)
    if (this.toTell.length === 0) this.loop.defer(() => this.tell())
    this.toTell.push(failure)
  })
  private toTell: Array<FutureError> = []
  private readonly loop: Loop.Loop

  constructor(loop: Loop.Loop) {
    this.loop = loop
  }

  add(future: TaskRef, failure: FutureError): void {
    this.failures.set(future.number, failure)
    this.collected.register(future, future.number, future)
  }

  see(future: TaskRef): void {
    if (this.failures.delete(future.number)) this.collected.unregister(future)
  }

  /** Tells of all that is left. */
  close(): void {
    this.toTell.push(...this.failures.values())
    this.failures.clear()
    this.tell()
  }

  private tell(): void {
    const all = this.toTell
    this.toTell = []
    if (all.length === 0) return
    const many = all.length === 1 ? "1 task" : `${all.length} tasks`
    const first = all.length > shownMax ? ` (the first ${shownMax} follow)` : ""
    const sentence =
      `nobody looked at the failure of ${many}${first}: ` +
      "await the future, or call its forget() if it does not matter"
    this.loop.fork(Effect.logWarning(sentence, ...all.slice(0, shownMax)))
  }
}
