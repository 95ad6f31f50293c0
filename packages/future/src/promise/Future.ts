/** Futures that can be awaited. */
import { Checked } from "@scaler-ts/runtime"
import type * as EffectFuture from "../Future.ts"
import { type CancelOptions, type FutureState, state as stateOf } from "../Future.ts"
import type { FutureError } from "../FutureError.ts"
import { FutureEntry, type Hooks } from "../internal/FutureEntry.ts"
import type { FutureTable } from "../internal/FutureTable.ts"
import { errorOf, type Failed, type Lost, type Outcome } from "../Outcome.ts"
import type { Receipt } from "../Receipt.ts"
import type { LostReason } from "../vocabulary.ts"
import { watchOf } from "./Watch.ts"

/**
 * The handle on a task whose function yields an `A`: await it for the value.
 *
 * It is not a promise but makes one whenever it is asked for the value, by `await`, `then`, `catch`,
 * `finally` and everything that takes promises, such as `Promise.all`. So a failure becomes an
 * unhandled rejection, which names the task, only where the value was asked for. Of a task that was
 * lost or failed, and that nobody has looked at when its future is collected as garbage or its
 * client closed, a warning tells.
 *
 * Do not return one from an async function, or resolve a promise with it: that awaits it.
 */
export interface Future<out A> extends EffectFuture.Future<A>, PromiseLike<A>, AsyncDisposable {
  /** Where it stands now. */
  readonly state: FutureState
  /** Resolves with the value; rejects with why there is none. */
  readonly then: <B = A, C = never>(
    onValue?: ((value: A) => B | PromiseLike<B>) | null,
    onError?: ((error: FutureError) => C | PromiseLike<C>) | null,
  ) => Promise<B | C>
  readonly catch: <C = never>(
    onError?: ((error: FutureError) => C | PromiseLike<C>) | null,
  ) => Promise<A | C>
  readonly finally: (onEnd?: (() => void) | null) => Promise<A>
  /** Resolves with how the task ended. Never rejects. */
  readonly outcome: () => Promise<Outcome<A>>
  /**
   * Resolves once the task has been sent to the scheduler, or has ended before. Never rejects, and says
   * nothing of where it runs. Who awaits it after each `submit` submits no faster than the scheduler takes.
   */
  readonly accepted: () => Promise<void>
  /**
   * Calls back with how the task ended: once, on a turn of its own, in the order of registration.
   * What the callback throws is logged and harms nobody else (G10). The returned function takes the
   * callback back.
   */
  readonly onDone: (callback: (outcome: Outcome<A>) => void) => () => void
  /**
   * Asks that the task stop, and resolves with what really became of it.
   *
   * `Stopped` is a promise: the code is not running anywhere, will not start again, its slot is
   * free, and no result follows (G2). If the result won the race it is in the receipt (G3). Rejects
   * only when `boundMs` is no number of milliseconds. Whoever asks while a cancel is under way
   * shares its answer; after `Unconfirmed`, asking again sends again (G4).
   */
  readonly cancel: (options?: CancelOptions) => Promise<Receipt<A>>
  /**
   * Stops caring: it ends lost for whoever still looks, the task runs on, its result is dropped, and
   * no warning tells of it. After the end it does nothing.
   */
  readonly forget: () => void
  /**
   * Lets the task go on when this client leaves or is lost; until then nothing changes. Its end is kept for
   * a while for whoever attaches to `id`. What had ended before the scheduler hears of it is not kept:
   * `detached` in the options of `submit` leaves no such gap.
   */
  readonly detach: () => void
  /**
   * `await using`: cancels a task that has not ended, and waits for the receipt. One that is detached, or
   * was only attached to, is left as it is.
   */
  readonly [Symbol.asyncDispose]: () => Promise<void>
  readonly [Symbol.toStringTag]: string
}

/** A table entry, and the handle its owner holds: one object still. */
export class PromiseFuture<A> extends FutureEntry implements Future<A> {
  get state(): FutureState {
    if (this.end !== undefined) this.onSeen()
    return stateOf(this)
  }

  then<B = A, C = never>(
    onValue?: ((value: A) => B | PromiseLike<B>) | null,
    onError?: ((error: FutureError) => C | PromiseLike<C>) | null,
  ): Promise<B | C> {
    return valueOf<A>(this).then(onValue, onError)
  }

  catch<C = never>(onError?: ((error: FutureError) => C | PromiseLike<C>) | null): Promise<A | C> {
    return valueOf<A>(this).catch(onError)
  }

  finally(onEnd?: (() => void) | null): Promise<A> {
    return valueOf<A>(this).finally(onEnd)
  }

  outcome(): Promise<Outcome<A>> {
    return new Promise((resolve) => whenEnded<A>(this, resolve))
  }

  accepted(): Promise<void> {
    return new Promise((resolve) => void this.table.whenSent(this.number, () => resolve()))
  }

  onDone(callback: (outcome: Outcome<A>) => void): () => void {
    // Wrapped, so that the same function registered twice is called twice.
    return this.table.listen(this, (outcome) => callback(outcome as Outcome<A>))
  }

  cancel(options: CancelOptions = {}): Promise<Receipt<A>> {
    return new Promise((resolve) => {
      const boundMs = Checked.milliseconds("boundMs", options.boundMs ?? this.table.boundMs)
      // The receipt carries the result of this very future.
      this.table.ask(this, (receipt) => resolve(receipt as Receipt<A>), boundMs)
    })
  }

  forget(): void {
    this.onSeen()
    this.table.forget(this)
  }

  detach(): void {
    this.table.detach(this)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { machine } = this
    if (machine._tag === "ended" || (machine._tag === "pending" && machine.detached)) return
    await this.cancel()
  }

  get [Symbol.toStringTag](): string {
    return "Future"
  }

  override onEnd(awaited: boolean): void {
    const abort = this.hooks?.abort
    // The signal is the caller's, so it is touched on a turn of its own (G10).
    if (abort !== undefined) {
      this.table.tell(this, () => watchOf(this.table).aborts.remove(this, abort))
    }
    if (!awaited && isFailure(this.end)) watchOf(this.table).unseen.add(this, this.end.error)
  }

  override onSeen(): void {
    if (isFailure(this.end)) watchOf(this.table).unseen.see(this)
  }
}

const neverSentReceipt: Receipt<never> = {
  _tag: "Stopped",
  how: "never-started",
  worker: "",
  attempt: 0,
  stopMs: 0,
  cancelled: true,
}

/** A future whose signal had been aborted before anybody was told of its task. */
export const neverSent = <A>(table: FutureTable, task: string, hooks: Hooks): PromiseFuture<A> => {
  const future = new PromiseFuture<A>(table, table.takeNumber(), task, hooks)
  future.machine = { _tag: "ended", end: "cancelled", receipt: undefined }
  future.receipt = neverSentReceipt
  future.end = { _tag: "Cancelled", receipt: neverSentReceipt }
  if (hooks.abort !== undefined) hooks.abort.isCause = true
  return future
}

/** What nobody asked for and somebody should know of. */
const isFailure = (end: Outcome<unknown> | undefined): end is Failed | Lost =>
  end?._tag === "Failed" || (end?._tag === "Lost" && !isWanted[end.error.reason])

/** Losses that somebody has brought about. */
const isWanted: Readonly<Record<LostReason, boolean>> = {
  forgotten: true,
  detached: true,
  notAttached: false,
  clientClosed: false,
  connectionLost: false,
  workerDied: false,
}

/** Resolves with the value; rejects with why there is none. */
export const valueOf = <A>(future: PromiseFuture<A>): Promise<A> =>
  new Promise((resolve, reject) =>
    whenEnded<A>(future, (outcome) => {
      if (outcome._tag === "Succeeded") return resolve(outcome.value)
      const abort = future.hooks?.abort
      reject(errorOf(future, outcome, abort?.isCause === true ? abort.signal.reason : undefined))
    }),
  )

/** Calls back with the end: at once when it is there, and from a turn of its own otherwise. */
const whenEnded = <A>(future: FutureEntry, tell: (outcome: Outcome<A>) => void): void => {
  if (future.end === undefined) {
    future.table.listen(future, (outcome) => tell(outcome as Outcome<A>))
  } else {
    future.onSeen()
    tell(future.end as Outcome<A>)
  }
}
