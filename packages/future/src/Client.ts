/**
 * The client: submits tasks to a scheduler and hands out futures for them.
 */
import type { ClientSession } from "@scaler-ts/protocol"
import type { TaskContext, TaskDefinition } from "@scaler-ts/protocol/tasks"
import { type ConnectionFailed, Loop, Transport } from "@scaler-ts/runtime"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { ClientOptions, WithinOptions } from "./ClientOptions.ts"
import type * as Future from "./Future.ts"
import type { AttachError, FutureError, Overloaded, SubmitError, TaskRef } from "./FutureError.ts"
import { ClientShell } from "./internal/ClientShell.ts"
import { nestingOf } from "./internal/nestingOf.ts"
import { overTransport, sessionOver } from "./internal/sessionOver.ts"
import { traced } from "./internal/traced.ts"
import type { ClientStatus } from "./internal/FutureTable.ts"
import type { ItemOutcome } from "./Outcome.ts"
import type { OutputSource } from "./vocabulary.ts"
import type { Receipt } from "./Receipt.ts"

export type { ClientOptions, WithinOptions } from "./ClientOptions.ts"

/** What a task tells on the way. */
export interface AttachOptions {
  /** Told how far the task says it has come, from 0 to 1. */
  readonly onProgress?: (fraction: number) => void
  /**
   * Told what the task says, line by line and in order: what it logs, and where its worker can tell that
   * of one task from the rest, what it prints. Without it nothing of that is sent.
   *
   * A line counts as taken when the callback has returned, or the promise that it returned has settled.
   * While too many are not, the task is made to wait where its worker can do that, until it is asked to
   * stop; elsewhere lines are left out, and one in their place says how many.
   */
  readonly onLog?: (line: string, from: OutputSource) => unknown
}

export interface SubmitOptions extends AttachOptions {
  /**
   * Tasks with a higher one go first, whoever submitted them; clients take turns with those of the same.
   * Any finite number; 0 unless told otherwise.
   */
  readonly priority?: number
  /**
   * What the task needs of its worker beside a slot, such as `{ gpu: 1 }`: positive finite quantities by
   * name. It goes only to a worker that has so much left, and holds it until its attempt has ended. While no
   * worker has, it waits, and holds up no other. Nothing unless told otherwise.
   */
  readonly capabilities?: Readonly<Record<string, number>>
  /** How long one attempt may run before it is stopped, in milliseconds. No limit unless told otherwise. */
  readonly timeoutMs?: number
  /** How many attempts may be lost with their worker before the task is given up. 3 unless told otherwise. */
  readonly attemptsMax?: number
  /**
   * How long the function may take to stop when it is asked to, in milliseconds, before what runs it is
   * killed. 0: it is killed as soon as it has been asked. As its worker says unless told otherwise. Where
   * nothing can be killed, a function that takes longer has refused.
   */
  readonly graceMs?: number
  /**
   * Whether the task goes on when this client leaves or is lost. It is stopped then unless told otherwise.
   * Its end is kept for a while for whoever attaches to the future's `id`.
   */
  readonly detached?: boolean
  /**
   * The span it belongs to, as a W3C `traceparent`, for those whose tracer is not Effect's. Its worker and
   * its children know of it (`TaskContext.traceparent`). The current span of the Effect that submits it unless told otherwise.
   * What is no valid one is ignored, as the recommendation has it: the trace begins anew.
   */
  readonly traceparent?: string
}

export interface MapOptions extends SubmitOptions {
  /** How many items may be under way at the same time. From 1; 1,000 unless told otherwise. */
  readonly concurrency?: number
}

/** What became of the futures that had not ended when the client disconnected. */
export interface Disconnected {
  /** Tasks nobody confirmed within the bound; they may still run. */
  readonly unconfirmed: ReadonlyArray<TaskRef>
}

export interface Client {
  /**
   * Submits a task and succeeds with its future.
   *
   * Waits while the scheduler has as many unfinished tasks of this client, or bytes of their inputs, as
   * it takes: first come, first served. Interrupting that wait takes the task back, and nobody is told
   * of it. `cancelAll` ends it too, with a future that is cancelled.
   *
   * Fails with `InputRefused` when the input cannot be sent, with `ClientClosed` and
   * `ConnectionLost` when there is nobody to send it to, also while it waits; then no future exists.
   */
  readonly submit: {
    <A>(
      task: TaskDefinition<void, A>,
      input?: void,
      options?: SubmitOptions,
    ): Effect.Effect<Future.Future<A>, SubmitError>
    <Input, A>(
      task: TaskDefinition<Input, A>,
      input: NoInfer<Input>,
      options?: SubmitOptions,
    ): Effect.Effect<Future.Future<A>, SubmitError>
  }
  /** `submit` that never waits: where it would, it fails with `Overloaded`, and nothing was submitted. */
  readonly trySubmit: {
    <A>(
      task: TaskDefinition<void, A>,
      input?: void,
      options?: SubmitOptions,
    ): Effect.Effect<Future.Future<A>, SubmitError | Overloaded>
    <Input, A>(
      task: TaskDefinition<Input, A>,
      input: NoInfer<Input>,
      options?: SubmitOptions,
    ): Effect.Effect<Future.Future<A>, SubmitError | Overloaded>
  }
  /**
   * Submits a task and succeeds with its value, in one interruptible effect.
   *
   * Interrupting it cancels the task, and the interruption completes only when the receipt is there
   * or the bound has passed. So `Effect.race`, `Effect.timeout`, a closed scope and an aborted signal
   * stop the remote work and wait for the stop.
   */
  readonly call: {
    <A>(
      task: TaskDefinition<void, A>,
      input?: void,
      options?: SubmitOptions,
    ): Effect.Effect<A, SubmitError | FutureError>
    <Input, A>(
      task: TaskDefinition<Input, A>,
      input: NoInfer<Input>,
      options?: SubmitOptions,
    ): Effect.Effect<A, SubmitError | FutureError>
  }
  /**
   * Runs a task once per input and succeeds with how each ended, in the order of the inputs.
   *
   * One failing item harms no other. Interrupting it cancels what is under way and waits for the
   * receipts, as `call` does. The inputs are gathered before the first is submitted.
   */
  readonly map: <Input, A>(
    task: TaskDefinition<Input, A>,
    inputs: Iterable<NoInfer<Input>>,
    options?: MapOptions,
  ) => Effect.Effect<ReadonlyArray<ItemOutcome<A>>>
  /** `map` for a task whose input is a tuple: each item is its arguments. */
  readonly starmap: <Arguments extends ReadonlyArray<unknown>, A>(
    task: TaskDefinition<Arguments, A>,
    inputs: Iterable<NoInfer<Arguments>>,
    options?: MapOptions,
  ) => Effect.Effect<ReadonlyArray<ItemOutcome<A>>>
  /**
   * Succeeds with a future of a task that was submitted by whichever client, under its future's `id`. Nothing
   * waits for the scheduler.
   *
   * It is a future like any other: it ends as the task does, and cancels it where it is told to. What it is
   * told of what the task says is what is said from now on. Several clients may have one; when this client
   * leaves, the task is not cancelled for that while somebody else has it or it is detached.
   *
   * Fails with `InvalidTaskId` for what is no id, and with `ClientClosed` and `ConnectionLost`. Where the
   * scheduler knows no such task, has forgotten how it ended, or knows it by another name than that of the
   * definition, the future ends lost for the reason `notAttached`. Without a definition it takes any name.
   */
  readonly attach: {
    (
      id: string,
      task?: undefined,
      options?: AttachOptions,
    ): Effect.Effect<Future.Future<unknown>, AttachError>
    <Input, A>(
      id: string,
      task: TaskDefinition<Input, A>,
      options?: AttachOptions,
    ): Effect.Effect<Future.Future<A>, AttachError>
  }
  /** Cancels every future of this client that has not ended, and succeeds with the receipts, oldest task first. */
  readonly cancelAll: (
    options?: Future.CancelOptions,
  ) => Effect.Effect<ReadonlyArray<Receipt<unknown>>>
  /**
   * Cancels what has not ended, waits for the answers, and leaves the scheduler.
   *
   * What is detached, or was only attached to, is let go and not cancelled: its future ends lost for the
   * reason `detached`, and the error names its id. What has not been sent for want of credit is cancelled all the same.
   *
   * Bounded: what is unconfirmed when the bound passes ends lost and is named in the result (G8).
   * Nothing can be submitted from the first call on. Asking again joins the first.
   */
  readonly disconnect: (options?: Future.CancelOptions) => Effect.Effect<Disconnected>
  /** How things stand now. */
  readonly status: Effect.Effect<ClientStatus>
}

/** The client of this program. Provide it with `Client.layer`, or with `Local.layer` for an embedded cluster. */
export const Client: Context.Service<Client, Client> & ClientStatics = Object.assign(
  Context.Service<Client>("@scaler-ts/future/Client"),
  {
    make: (session: ClientSession, options: ClientOptions = {}) => makeClient(session, options),
    layerWith: (options: ClientOptions) => layerOver(options),
    layer: Layer.suspend(() => layerOver({})),
    within: (task: TaskContext, options: WithinOptions = {}) => layerWithin(task, options),
  },
)

interface ClientStatics {
  /**
   * A client on a session, for the life of the scope.
   *
   * Succeeds once the scheduler has accepted it. When the scope closes it disconnects, so whatever
   * has not ended is cancelled and the close waits for the answers, up to the bound.
   */
  readonly make: (
    session: ClientSession,
    options?: ClientOptions,
  ) => Effect.Effect<Client, ConnectionFailed, Scope.Scope>
  /** A client over the `Transport` service, in the standard wire format. */
  readonly layer: Layer.Layer<Client, ConnectionFailed, Transport>
  /** `layer`, with options. */
  readonly layerWith: (options: ClientOptions) => Layer.Layer<Client, ConnectionFailed, Transport>
  /**
   * A client within a running task: what it submits are the children of that task, for whichever worker.
   *
   * `task` is what the task's function is called with behind its input. While anybody waits for a child the task
   * gives its slot back, to tasks that are nested, so parents never starve their children (R31). A task may have
   * 10,000 unfinished children, and 64 MiB of their inputs, of all its clients: then `submit` waits. With the
   * end of the layer, and of the task, children that have not ended are cancelled, and their stop is waited for
   * before the end of the task is told. A child that would be nested too deep fails (`nestingMax` of executors).
   */
  readonly within: (task: TaskContext, options?: WithinOptions) => Layer.Layer<Client>
}

const makeClient: (
  session: ClientSession,
  options: ClientOptions,
) => Effect.Effect<Client, ConnectionFailed, Scope.Scope> = Effect.fnUntraced(function* (
  session: ClientSession,
  options: ClientOptions,
) {
  const loop = yield* Loop.make
  const shell = new ClientShell(session, loop, yield* traced(options))
  // Before it connects, so that no interruption finds a session that nobody closes.
  yield* Effect.addFinalizer(() => shell.close)
  yield* shell.connect
  return shell
})

const layerWithin = (task: TaskContext, options: WithinOptions): Layer.Layer<Client> =>
  Layer.effect(
    Client,
    Effect.gen(function* () {
      const nesting = nestingOf(task)
      const loop = yield* Loop.make
      const shell = new ClientShell(nesting.connect(), loop, yield* traced(options), nesting)
      yield* Effect.addFinalizer(() => shell.close)
      return shell
    }),
  )

const layerOver = (options: ClientOptions): Layer.Layer<Client, ConnectionFailed, Transport> =>
  Layer.effect(
    Client,
    Effect.gen(function* () {
      const transport = yield* Transport
      const loop = yield* Loop.make
      return yield* makeClient(sessionOver(transport, loop, options), overTransport(options))
    }),
  )
