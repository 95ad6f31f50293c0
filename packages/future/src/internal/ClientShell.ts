/** The client's shell: a session on one side, user code on the other, the table of futures between them. */
import { type ClientSession, type Limits, makeLimits, type Nesting } from "@scaler-ts/protocol"
import type { TaskDefinition } from "@scaler-ts/protocol/tasks"
import { Checked, type ConnectionFailed, type Loop } from "@scaler-ts/runtime"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type {
  AttachOptions,
  Client,
  ClientOptions,
  Disconnected,
  MapOptions,
  SubmitOptions,
} from "../Client.ts"
import * as Future from "../Future.ts"
import {
  type AttachError,
  ClientClosed,
  ConnectionLost,
  type FutureError,
  Overloaded,
  type SubmitError,
  type Undone,
} from "../FutureError.ts"
import type { ItemOutcome } from "../Outcome.ts"
import type { Receipt } from "../Receipt.ts"
import { ClientLife } from "./ClientLife.ts"
import { FutureEntry, type FutureKind, type Hooks } from "./FutureEntry.ts"
import type { ClientStatus, FutureTable } from "./FutureTable.ts"
import { hear } from "./hear.ts"
import { leave } from "./leave.ts"
import { hooksOf, nameOf, type Submission, submissionOf, within, wrongId } from "./Submission.ts"
import { lineBoundsOf, SubmitLine } from "./SubmitLine.ts"
import { tableFor } from "./tableFor.ts"
import { afterSent, cancelEach, cancelOnInterrupt } from "./waiting.ts"

const cancelBoundMsDefault = 30_000
/** How many items of a map are under way at the same time, unless told otherwise. */
export const concurrencyDefault = 1_000

export class ClientShell implements Client {
  readonly table: FutureTable
  readonly line: SubmitLine
  private readonly session: ClientSession
  readonly limits: Limits
  private readonly life: ClientLife
  private disconnected: Deferred.Deferred<Disconnected> | undefined
  /** Says hello and waits for the echo. */
  readonly connect: Effect.Effect<void, ConnectionFailed>

  /** `nesting`: it is a client within a task, of whose session it needs no welcome. */
  constructor(session: ClientSession, loop: Loop.Loop, options: ClientOptions, nesting?: Nesting) {
    this.session = session
    const { observer, policy = "cancel-wins", cancelBoundMs = cancelBoundMsDefault } = options
    const boundMs = Checked.milliseconds("cancelBoundMs", cancelBoundMs)
    this.limits = makeLimits(options.limits)
    Checked.oneOf("policy", policy, ["cancel-wins", "result-wins"])
    const rules = { policy, boundMs, limits: this.limits }
    this.line = new SubmitLine(session, loop, lineBoundsOf(options), (confirm) =>
      hear(this.table, confirm),
    )
    this.table = tableFor({ nesting, observer }, this.line, loop, rules)
    this.life = new ClientLife(session, this.table, loop, options)
    this.connect = this.life.connect
    if (nesting !== undefined) this.life.openWithin()
  }

  readonly status: Effect.Effect<ClientStatus> = Effect.sync(() => this.table.status())

  readonly submit = <Input, A>(
    task: TaskDefinition<Input, A>,
    input: Input,
    options: SubmitOptions = {},
  ): Effect.Effect<Future.Future<A>, SubmitError> =>
    Effect.suspend(() => {
      if (this.line.isOpen) return this.entered(task, input, options)
      // Not interruptible between the two, or a task would wait without an owner.
      return Effect.uninterruptibleMask((restore) =>
        Effect.flatMap(this.entered(task, input, options), (future) =>
          cancelOnInterrupt(future, restore(afterSent(this, future, Effect.succeed(future)))),
        ),
      )
    })

  readonly trySubmit = <Input, A>(
    task: TaskDefinition<Input, A>,
    input: Input,
    options: SubmitOptions = {},
  ): Effect.Effect<Future.Future<A>, SubmitError | Overloaded> =>
    Effect.suspend((): Effect.Effect<Future.Future<A>, SubmitError | Overloaded> =>
      this.line.isOpen ? this.entered(task, input, options) : Exit.fail(this.overload(task)),
    )

  readonly attach = <Input, A>(
    id: string,
    task?: TaskDefinition<Input, A>,
    options: AttachOptions = {},
  ): Effect.Effect<Future.Future<A>, AttachError> =>
    Effect.suspend(() => {
      const made = this.attachNow(id, task, options, FutureEntry)
      return made instanceof FutureEntry ? Exit.succeed(made) : Exit.fail(made)
    })

  readonly call = <Input, A>(
    task: TaskDefinition<Input, A>,
    input: Input,
    options: SubmitOptions = {},
  ): Effect.Effect<A, SubmitError | FutureError> =>
    // Not interruptible between the two, or a submitted task would be left without an owner.
    Effect.uninterruptibleMask((restore) =>
      Effect.flatMap(this.entered(task, input, options), (future) =>
        cancelOnInterrupt(future, restore(afterSent(this, future, Future.await(future)))),
      ),
    )

  readonly map = <Input, A>(
    task: TaskDefinition<Input, A>,
    inputs: Iterable<Input>,
    options: MapOptions = {},
  ): Effect.Effect<ReadonlyArray<ItemOutcome<A>>> => {
    const notSubmitted = (error: SubmitError): Effect.Effect<ItemOutcome<A>> =>
      Effect.succeed({ _tag: "NotSubmitted", error })
    const one = (input: Input): Effect.Effect<ItemOutcome<A>> =>
      Effect.uninterruptibleMask((restore) =>
        Effect.matchEffect(this.entered(task, input, options), {
          onFailure: notSubmitted,
          onSuccess: (future) => {
            const ended: Effect.Effect<ItemOutcome<A>> = Future.outcome(future)
            const waiting = Effect.catch(afterSent(this, future, ended), notSubmitted)
            return cancelOnInterrupt(future, restore(waiting))
          },
        }),
      )
    return Effect.suspend(() => {
      const concurrency = options.concurrency ?? concurrencyDefault
      Checked.wholeFromOne("concurrency", concurrency)
      return Effect.forEach(inputs, one, { concurrency })
    })
  }

  readonly starmap = <Arguments extends ReadonlyArray<unknown>, A>(
    task: TaskDefinition<Arguments, A>,
    inputs: Iterable<Arguments>,
    options?: MapOptions,
  ): Effect.Effect<ReadonlyArray<ItemOutcome<A>>> => this.map(task, inputs, options)

  readonly cancelAll = (
    options: Future.CancelOptions = {},
  ): Effect.Effect<ReadonlyArray<Receipt<unknown>>> =>
    Effect.suspend(() => cancelEach([...this.table.futures.values()], options))

  readonly disconnect = (options: Future.CancelOptions = {}): Effect.Effect<Disconnected> =>
    Effect.suspend(() => {
      if (this.disconnected === undefined) {
        const boundMs = Checked.milliseconds("boundMs", options.boundMs ?? this.table.boundMs)
        this.disconnected = Deferred.makeUnsafe()
        // Nobody is there who could answer, and whoever comes knows nothing.
        this.life.leaveBehind()
        const { table, session } = this
        const { echoed } = this.life
        leave({ table, session, echoed }, this.disconnected, boundMs)
      }
      return Deferred.await(this.disconnected)
    })

  /** Leaves for good: as `disconnect`, or at once where nobody has accepted us. */
  readonly close: Effect.Effect<void> = Effect.suspend(() => {
    if (!this.life.isGreeting) return Effect.asVoid(this.disconnect())
    return Effect.sync(() => this.session.close())
  })

  /** Submits a task at once; what it returns is the future, or why there is none. */
  submitNow<Input, A, F extends FutureEntry>(
    task: TaskDefinition<Input, A>,
    input: Input,
    options: SubmitOptions,
    hooks: Hooks | undefined,
    Kind: FutureKind<F>,
  ): F | SubmitError {
    const submission = this.prepared(task, input, options)
    return submission instanceof Error ? submission : this.table.submit(submission, hooks, Kind)
  }

  /** Why nothing is submitted where there is no room for it. */
  overload(task: unknown): ClientClosed | ConnectionLost | Overloaded {
    const name = nameOf(task, this.limits)
    return this.refusal(name) ?? new Overloaded(name, this.line.load)
  }

  /** Attaches to a task at once; what it returns is the future, or why there is none. */
  attachNow<Input, A, F extends FutureEntry>(
    id: string,
    task: TaskDefinition<Input, A> | undefined,
    options: AttachOptions,
    Kind: FutureKind<F>,
  ): F | AttachError {
    const name = task === undefined ? "" : nameOf(task, this.limits)
    const wrong = wrongId(id)
    if (wrong !== undefined) return wrong
    const hooks = { onProgress: options.onProgress, onLog: options.onLog, id }
    return this.refusal(id, "attached to") ?? this.table.attach(name, hooks, Kind)
  }

  /** What would be submitted, or why it cannot be. Throws as `submissionOf` does. */
  prepared<Input, A>(
    task: TaskDefinition<Input, A>,
    input: Input,
    options: SubmitOptions,
  ): Submission | SubmitError {
    const refusal = this.refusal(nameOf(task, this.limits))
    return refusal ?? submissionOf(task, input, options, this.limits)
  }

  /** Why nothing can be submitted, or attached to, any more. */
  refusal(task: string, undone: Undone = "submitted"): ClientClosed | ConnectionLost | undefined {
    if (this.life.isLost) return new ConnectionLost(task, this.table.lostReason, undone)
    return this.table.closing ? new ClientClosed(task, undone) : undefined
  }

  private entered<Input, A>(
    task: TaskDefinition<Input, A>,
    input: Input,
    options: SubmitOptions,
  ): Effect.Effect<Future.Future<A>, SubmitError> {
    return Effect.withFiber((fiber) => {
      const own = within(fiber, options)
      const made = this.submitNow(task, input, own, hooksOf(options), FutureEntry)
      return made instanceof FutureEntry ? Exit.succeed(made) : Exit.fail(made)
    })
  }
}
