/** The client, for programs that speak promises. */
import type { TaskDefinition } from "@scaler-ts/protocol/tasks"
import { Checked } from "@scaler-ts/runtime"
import * as Effect from "effect/Effect"
import type {
  AttachOptions,
  Disconnected,
  SubmitOptions as EffectSubmitOptions,
} from "../Client.ts"
import type { CancelOptions } from "../Future.ts"
import { TaskCancelled } from "../FutureError.ts"
import type { ClientShell } from "../internal/ClientShell.ts"
import type { Abort, Hooks } from "../internal/FutureEntry.ts"
import type { ClientStatus } from "../internal/FutureTable.ts"
import { hooksOf } from "../internal/Submission.ts"
import type { ItemOutcome } from "../Outcome.ts"
import type { Receipt } from "../Receipt.ts"
import { type Future, neverSent, PromiseFuture, valueOf } from "./Future.ts"
import { mapOver } from "./mapOver.ts"
import { signalOf } from "./signalOf.ts"
import { watchOf } from "./Watch.ts"

export interface SubmitOptions extends EffectSubmitOptions {
  /**
   * Cancels the task when it is aborted. If it has been aborted before, nothing is submitted, and
   * the future is cancelled from the start. Nothing is left on the signal when the task has ended.
   */
  readonly signal?: AbortSignal
}

export interface MapOptions extends EffectSubmitOptions {
  /**
   * How many items may be under way at the same time. From 1; 1,000 unless told otherwise. As many
   * more may have ended and wait to be taken.
   */
  readonly concurrency?: number
  /** Cancels what is under way when it is aborted; then the iteration throws the signal's reason. */
  readonly signal?: AbortSignal
}

/** Submits tasks, and hands out futures that can be awaited. */
export interface Client extends AsyncDisposable {
  /**
   * Submits a task and returns its future, at once.
   *
   * Where the scheduler has as many unfinished tasks of this client, or bytes of their inputs, as it
   * takes, the task waits here, first come first served, and its future is pending: `accepted` tells
   * when it has been sent, and a cancel before that takes it back. Await that, or use `map`, to submit
   * no faster than tasks end.
   *
   * Throws `InputRefused` when the input cannot be sent, `ClientClosed` and `ConnectionLost` when
   * there is nobody to send it to, `Overloaded` when too many wait here already (`waitingTasksMax`,
   * `waitingBytesMax`), and a `RangeError` for an option nobody can mean; then no future exists.
   */
  readonly submit: {
    <A>(task: TaskDefinition<void, A>, input?: void, options?: SubmitOptions): Future<A>
    <Input, A>(
      task: TaskDefinition<Input, A>,
      input: NoInfer<Input>,
      options?: SubmitOptions,
    ): Future<A>
  }
  /** `submit` that lets no task wait here: where it would, it throws `Overloaded`, and nothing was submitted. */
  readonly trySubmit: Client["submit"]
  /**
   * Submits a task and resolves with its value. Rejects with what `submit` throws, and with why there
   * is no value.
   *
   * Aborting the signal cancels the task, and the promise rejects with `TaskCancelled` only when the
   * receipt is there or the bound has passed; the receipt is in the error.
   */
  readonly call: {
    <A>(task: TaskDefinition<void, A>, input?: void, options?: SubmitOptions): Promise<A>
    <Input, A>(
      task: TaskDefinition<Input, A>,
      input: NoInfer<Input>,
      options?: SubmitOptions,
    ): Promise<A>
  }
  /**
   * Runs a task once per input and yields how each ended, in the order of the inputs.
   *
   * One failing item harms no other. Inputs, sync or async, are pulled as there is room for them, so
   * they may be endless. Leaving the loop early cancels what is under way and waits for the
   * receipts. What the inputs throw, and `ClientClosed` or `ConnectionLost`, is thrown in its place
   * in the order. Nothing starts before the first item is asked for.
   */
  readonly map: <Input, A>(
    task: TaskDefinition<Input, A>,
    inputs: Iterable<NoInfer<Input>> | AsyncIterable<NoInfer<Input>>,
    options?: MapOptions,
  ) => AsyncIterableIterator<ItemOutcome<A>, undefined> & AsyncDisposable
  /**
   * Returns a future of a task that was submitted by whichever client, under its future's `id`. Nothing
   * waits for the scheduler.
   *
   * It is a future like any other: it ends as the task does, and cancels it where it is told to. What it is
   * told of what the task says is what is said from now on. Several clients may have one; when this client
   * leaves, the task is not cancelled for that while somebody else has it or it is detached.
   *
   * Throws `InvalidTaskId` for what is no id, and `ClientClosed` and `ConnectionLost`. Where the scheduler
   * knows no such task, has forgotten how it ended, or knows it by another name than that of the definition,
   * the future ends lost for the reason `notAttached`. Without a definition it takes any name.
   */
  readonly attach: {
    (id: string, task?: undefined, options?: AttachOptions): Future<unknown>
    <Input, A>(id: string, task: TaskDefinition<Input, A>, options?: AttachOptions): Future<A>
  }
  /** Cancels every future of this client that has not ended, and resolves with the receipts, oldest task first. */
  readonly cancelAll: (options?: CancelOptions) => Promise<ReadonlyArray<Receipt<unknown>>>
  /** How things stand now. */
  readonly status: () => ClientStatus
  /**
   * Cancels what has not ended, waits for the answers, and leaves the scheduler.
   *
   * What is detached, or was only attached to, is let go and not cancelled: its future ends lost for the
   * reason `detached`, and the error names its id. What has not been sent for want of credit is cancelled all the same.
   *
   * Bounded: what is unconfirmed when the bound passes ends lost and is named in the result (G8).
   * Nothing can be submitted from the first call on. Asking again joins the first. `await using`
   * does the same.
   */
  readonly close: (options?: CancelOptions) => Promise<Disconnected>
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

export class PromiseClient implements Client {
  private closing: Promise<Disconnected> | undefined
  private readonly shell: ClientShell
  private readonly leave: () => Promise<void>
  private readonly signal: AbortSignal | undefined

  /** `leave` frees what the client stands on. `signal` cancels whatever it submits. */
  constructor(shell: ClientShell, leave: () => Promise<void>, signal?: AbortSignal) {
    this.shell = shell
    this.leave = leave
    this.signal = signal
  }

  readonly submit = <Input, A>(
    task: TaskDefinition<Input, A>,
    input: Input,
    options: SubmitOptions = {},
  ): PromiseFuture<A> => this.submitIf(this.shell.line.hasPlace, task, input, options)

  readonly trySubmit = <Input, A>(
    task: TaskDefinition<Input, A>,
    input: Input,
    options: SubmitOptions = {},
  ): PromiseFuture<A> => this.submitIf(this.shell.line.isOpen, task, input, options)

  /** Throws where there is no room for it, or nobody to send it to, before it looks at the input. */
  private submitIf<Input, A>(
    hasRoom: boolean,
    task: TaskDefinition<Input, A>,
    input: Input,
    options: SubmitOptions,
  ): PromiseFuture<A> {
    const { shell } = this
    const hooks = withAbort(hooksOf(options), this.signalFor(options))
    const abort = hooks?.abort
    if (hooks !== undefined && abort?.signal.aborted === true) {
      // A mistake shows whether or not the abort was faster.
      const submission = shell.prepared(task, input, options)
      if (submission instanceof Error) throw submission
      return neverSent(shell.table, task.name, hooks)
    }
    if (!hasRoom) throw shell.overload(task)
    const submitNow = (): PromiseFuture<A> => {
      const made = shell.submitNow(task, input, options, hooks, PromiseFuture<A>)
      if (made instanceof Error) throw made
      return made
    }
    return abort === undefined ? submitNow() : watchOf(shell.table).aborts.join(abort, submitNow)
  }

  readonly attach = <Input, A>(
    id: string,
    task?: TaskDefinition<Input, A>,
    options: AttachOptions = {},
  ): PromiseFuture<A> => {
    const made = this.shell.attachNow(id, task, options, PromiseFuture<A>)
    if (made instanceof Error) throw made
    return made
  }

  readonly call = <Input, A>(
    task: TaskDefinition<Input, A>,
    input: Input,
    options?: SubmitOptions,
  ): Promise<A> =>
    new Promise((resolve, reject) => {
      const future = this.submit(task, input, options)
      valueOf(future).then(resolve, reject)
      const abort = future.hooks?.abort
      if (abort === undefined) return
      abort.onReceipt = (receipt) => {
        if (future.end !== undefined) return
        reject(new TaskCancelled(future, receipt, abort.signal.reason))
      }
    })

  readonly map = <Input, A>(
    task: TaskDefinition<Input, A>,
    inputs: Iterable<Input> | AsyncIterable<Input>,
    options: MapOptions = {},
  ): AsyncIterableIterator<ItemOutcome<A>, undefined> & AsyncDisposable => {
    const signal = this.signalFor(options)
    return mapOver(this.shell, {
      task,
      inputs,
      options: signal === undefined ? options : { ...options, signal },
    })
  }

  readonly cancelAll = async (
    options: CancelOptions = {},
  ): Promise<ReadonlyArray<Receipt<unknown>>> => {
    const { table } = this.shell
    const boundMs = Checked.milliseconds("boundMs", options.boundMs ?? table.boundMs)
    const cancel = (future: Parameters<typeof table.ask>[0]): Promise<Receipt<unknown>> =>
      new Promise((resolve) => {
        table.ask(future, resolve, boundMs)
      })
    return Promise.all(Array.from(table.futures.values(), cancel))
  }

  readonly status = (): ClientStatus => this.shell.table.status()

  readonly close = async (options: CancelOptions = {}): Promise<Disconnected> => {
    if (options.boundMs !== undefined) Checked.milliseconds("boundMs", options.boundMs)
    this.closing ??= this.closeNow(options)
    return this.closing
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  private signalFor(options: SubmitOptions | MapOptions): AbortSignal | undefined {
    const own = signalOf(options)
    if (own === undefined || this.signal === undefined) return own ?? this.signal
    return AbortSignal.any([own, this.signal])
  }

  private async closeNow(options: CancelOptions): Promise<Disconnected> {
    const { table } = this.shell
    const disconnected = await new Promise<Disconnected>((resolve) => {
      table.loop.fork(Effect.map(this.shell.disconnect(options), resolve))
    })
    watchOf(table).unseen.close()
    await this.leave()
    return disconnected
  }
}

const withAbort = (
  hooks: Hooks | undefined,
  signal: AbortSignal | undefined,
): Hooks | undefined => {
  if (signal === undefined) return hooks
  const abort: Abort = { signal, isCause: false, onReceipt: undefined }
  return { onProgress: undefined, onLog: undefined, ...hooks, abort }
}
