/** The operator: looks at a scheduler, and gives it orders. */
import {
  type Limits,
  makeLimits,
  operatorOverWire,
  type OperatorSession,
  type PeerId,
  schedulerPeer,
} from "@scaler-ts/protocol"
import { type ConnectionFailed, Loop, Transport } from "@scaler-ts/runtime"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { OperatorShell } from "./internal/OperatorShell.ts"
import type {
  CancelReceipt,
  Drained,
  NoAnswer,
  SchedulerStatus,
  Stopped,
  TaskFilter,
  TaskPage,
} from "./vocabulary.ts"

export interface OperatorOptions {
  /** The scheduler's name on the transport. `"scheduler"` unless told otherwise. */
  readonly scheduler?: PeerId
  /** How long the scheduler may take to answer the hello, in milliseconds. 5,000 unless told otherwise. */
  readonly connectMs?: number
  /** How long it may take to answer a question, in milliseconds. 5,000 unless told otherwise. */
  readonly answerMs?: number
  /** How long a cancel waits for its answer, in milliseconds. 30,000 unless told otherwise. */
  readonly cancelBoundMs?: number
  /**
   * How long the scheduler may say nothing before its connection counts as gone, in milliseconds. 15,000
   * unless told otherwise; `Infinity`: for ever. What `Operator.make` is given as its session has a number of its own.
   */
  readonly silenceMs?: number
  /** What is taken from the scheduler. */
  readonly limits?: Partial<Limits>
}

/**
 * Somebody who looks at a scheduler and gives it orders. Its moves as a stream are in
 * `@scaler-ts/operator/stream`.
 *
 * Every wait is bounded, and ends with `NoAnswer` when the connection is gone: an operator does not
 * connect anew. What it has ordered stands, whatever becomes of it, and of whoever waits.
 */
export interface Operator {
  /** How the scheduler stands. Costs it the same, however many tasks there are. */
  readonly status: Effect.Effect<SchedulerStatus, NoAnswer>
  /** Tasks that have not ended, those that are longest in their state first. */
  readonly tasks: (filter?: TaskFilter) => Effect.Effect<TaskPage, NoAnswer>
  /**
   * Cancels any client's task, by its public id, and succeeds with what became of that.
   *
   * Exactly as its client's own cancel, with which it joins: its future ends cancelled on the confirm, and
   * by a result that was first. When `boundMs` passes the receipt is `Unconfirmed`, and the order stands.
   */
  readonly cancel: (
    id: string,
    options?: { readonly boundMs?: number },
  ) => Effect.Effect<CancelReceipt, NoAnswer>
  /**
   * Lets a worker finish what it holds, for `boundMs` milliseconds at most, and leave; then what it still
   * runs is stopped. Succeeds when it has left, and waits for 15 s beyond the bound at most.
   */
  readonly drain: (worker: string, boundMs: number) => Effect.Effect<Drained, NoAnswer>
  /**
   * Stops the scheduler: what there is may go on for `boundMs` milliseconds, then it is cancelled, and
   * the answers are awaited for 30 s. Succeeds when it has stopped, and waits for 5 s beyond that at most.
   */
  readonly stop: (boundMs: number) => Effect.Effect<Stopped, NoAnswer>
}

/** The operator of this program. Provide it with `Operator.layer`, or with `Local.layer` for an embedded cluster. */
export const Operator: Context.Service<Operator, Operator> & OperatorStatics = Object.assign(
  Context.Service<Operator>("@scaler-ts/operator/Operator"),
  {
    make: (session: OperatorSession, options: OperatorOptions = {}) =>
      makeOperator(session, options),
    layerWith: (options: OperatorOptions) => layerOver(options),
    layer: Layer.suspend(() => layerOver({})),
  },
)

interface OperatorStatics {
  /** An operator on a session, for the life of the scope. Succeeds once the scheduler has let it in. */
  readonly make: (
    session: OperatorSession,
    options?: OperatorOptions,
  ) => Effect.Effect<Operator, ConnectionFailed, Scope.Scope>
  /** An operator over the `Transport` service, in the standard wire format. */
  readonly layer: Layer.Layer<Operator, ConnectionFailed, Transport>
  /** `layer`, with options. */
  readonly layerWith: (
    options: OperatorOptions,
  ) => Layer.Layer<Operator, ConnectionFailed, Transport>
}

const makeOperator: (
  session: OperatorSession,
  options: OperatorOptions,
) => Effect.Effect<Operator, ConnectionFailed, Scope.Scope> = Effect.fnUntraced(function* (
  session: OperatorSession,
  options: OperatorOptions,
) {
  const loop = yield* Loop.make
  const shell = new OperatorShell(session, loop, options)
  yield* Effect.addFinalizer(() => Effect.andThen(shell.close, loop.turn))
  yield* shell.connect
  return shell
})

const layerOver = (options: OperatorOptions): Layer.Layer<Operator, ConnectionFailed, Transport> =>
  Layer.effect(
    Operator,
    Effect.gen(function* () {
      const transport = yield* Transport
      const loop = yield* Loop.make
      const { scheduler = schedulerPeer, limits, silenceMs } = options
      const session = operatorOverWire(transport, loop, scheduler, {
        limits: makeLimits(limits),
        ...(silenceMs === undefined ? {} : { silenceMs }),
      })
      return yield* makeOperator(session, options)
    }),
  )
