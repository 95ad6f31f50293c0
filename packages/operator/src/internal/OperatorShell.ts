/** The operator's shell: a session on one side, questions under their numbers on the other. */
import { type Message, type OperatorSession, schedulerPeer } from "@scaler-ts/protocol"
import { awaitEcho, Checked, type ConnectionFailed, type Loop } from "@scaler-ts/runtime"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import type { Operator, OperatorOptions } from "../Operator.ts"
import {
  type CancelReceipt,
  type Drained,
  NoAnswer,
  type SchedulerStatus,
  type Stopped,
  type TaskFilter,
  type TaskPage,
} from "../vocabulary.ts"
import { drainedOf, pageOf, receiptOf, statusOf, stoppedOf } from "./answers.ts"

const connectMsDefault = 5_000
const answerMsDefault = 5_000
const cancelBoundMsDefault = 30_000
const limitDefault = 100

/** How much longer than told a worker may take to leave: it kills what does not stop, and says goodbye. */
const leavingMs = 15_000

/** How long a scheduler waits for the answers to its cancels when it stops, and how much longer it may take. */
const stoppingMs = 30_000 + 5_000

/** What a scheduler tells under a number of ours: rows, and a last message. */
export type Told =
  | Message.WorkerTold
  | Message.WaitingTold
  | Message.StatusTold
  | Message.TaskTold
  | Message.TasksTold
  | Message.OrderTold

/** Who waits for what is told under a number. */
export interface Listener {
  readonly told: (message: Told) => void
  readonly gone: (reason: string) => void
}

export class OperatorShell implements Operator {
  private readonly session: OperatorSession
  private readonly loop: Loop.Loop
  private readonly options: OperatorOptions
  private readonly accepted = Deferred.makeUnsafe<void, string>()
  private readonly listeners = new Map<number, Listener>()
  private lastRequest = 0
  /** Why there is no connection any more. */
  private goneReason: string | undefined

  constructor(session: OperatorSession, loop: Loop.Loop, options: OperatorOptions) {
    this.session = session
    this.loop = loop
    this.options = options
    Checked.milliseconds("answerMs", options.answerMs ?? answerMsDefault)
    Checked.milliseconds("cancelBoundMs", options.cancelBoundMs ?? cancelBoundMsDefault)
  }

  /** Says hello and waits for the echo. */
  readonly connect: Effect.Effect<void, ConnectionFailed> = Effect.flatMap(
    Random.nextInt,
    (number) => {
      const { scheduler = schedulerPeer, connectMs = connectMsDefault } = this.options
      Checked.milliseconds("connectMs", connectMs)
      this.session.open({
        receive: (messages) => {
          for (const message of messages) this.hear(message)
        },
        lost: (reason) => this.lose(reason),
      })
      this.session.send({ _tag: "OperatorHello", session: number.toString(36) })
      return awaitEcho(this.accepted, scheduler, connectMs)
    },
  )

  readonly close: Effect.Effect<void> = Effect.sync(() => {
    this.session.close()
    this.lose("the operator was closed")
  })

  readonly status: Effect.Effect<SchedulerStatus, NoAnswer> = Effect.suspend(() =>
    Effect.map(
      this.ask("status", (request) => ({ _tag: "StatusAsked", request })),
      statusOf,
    ),
  )

  readonly tasks = (filter: TaskFilter = {}): Effect.Effect<TaskPage, NoAnswer> =>
    Effect.suspend(() => {
      const { state = "any", name = "", worker = "", limit = limitDefault } = filter
      Checked.wholeFromZero("limit", limit)
      const asked = this.ask("tasks", (request) => ({
        _tag: "TasksAsked",
        request,
        state,
        name,
        worker,
        limit,
      }))
      return Effect.map(asked, pageOf)
    })

  readonly cancel = (
    id: string,
    options: { readonly boundMs?: number } = {},
  ): Effect.Effect<CancelReceipt, NoAnswer> =>
    Effect.suspend(() => {
      const { cancelBoundMs = cancelBoundMsDefault } = this.options
      const boundMs = Checked.milliseconds("boundMs", options.boundMs ?? cancelBoundMs)
      return this.order("cancel", id, 0, boundMs, receiptOf)
    })

  readonly drain = (worker: string, boundMs: number): Effect.Effect<Drained, NoAnswer> =>
    Effect.suspend(() => {
      Checked.milliseconds("boundMs", boundMs)
      return this.order("drain", worker, boundMs, boundMs + leavingMs, drainedOf)
    })

  readonly stop = (boundMs: number): Effect.Effect<Stopped, NoAnswer> =>
    Effect.suspend(() => {
      Checked.milliseconds("boundMs", boundMs)
      return this.order("stop", "", boundMs, boundMs + stoppingMs, stoppedOf)
    })

  /** Has everything that is told under a new number handed to a listener, until `forget`. Says why it cannot be, about what is asked. */
  listen(asked: string, listener: Listener): number | NoAnswer {
    if (this.goneReason !== undefined) return new NoAnswer(asked, this.goneReason)
    const request = ++this.lastRequest
    this.listeners.set(request, listener)
    return request
  }

  forget(request: number): void {
    this.listeners.delete(request)
  }

  send(message: Message.OperatorToScheduler): void {
    this.session.send(message)
  }

  private hear(message: Message.SchedulerToOperator): void {
    switch (message._tag) {
      case "HelloEcho":
        Deferred.doneUnsafe(this.accepted, Exit.void)
        return
      case "HeartbeatEcho":
        return
      case "ProtocolError":
        return this.lose(message.reason)
      case "WorkerTold":
      case "WaitingTold":
      case "StatusTold":
      case "TaskTold":
      case "TasksTold":
      case "OrderTold":
        // Nobody waits any more for what comes too late.
        return this.listeners.get(message.request)?.told(message)
    }
  }

  private lose(reason: string): void {
    if (this.goneReason !== undefined) return
    this.goneReason = reason
    Deferred.doneUnsafe(this.accepted, Exit.fail(reason))
    for (const listener of [...this.listeners.values()]) listener.gone(reason)
    this.listeners.clear()
  }

  /** Asks, and waits for all rows of the answer and its last message. Fails when none has come within the bound. */
  private ask(
    asked: string,
    question: (request: number) => Message.OperatorToScheduler,
  ): Effect.Effect<ReadonlyArray<Told>, NoAnswer> {
    const { answerMs = answerMsDefault } = this.options
    const late = new NoAnswer(asked, `nothing within ${answerMs} ms`)
    return Effect.flatMap(this.answerTo(asked, question, answerMs), (rows) =>
      rows === undefined ? Effect.fail(late) : Effect.succeed(rows),
    )
  }

  private order<A>(
    order: Message.OrderAsked["order"],
    target: string,
    boundMs: number,
    waitMs: number,
    answerOf: (rows: ReadonlyArray<Told>) => A,
  ): Effect.Effect<A | Unconfirmed, NoAnswer> {
    // The wire carries finite numbers only.
    const finite = Math.min(boundMs, Number.MAX_SAFE_INTEGER)
    const beganAtMs = this.loop.nowMs()
    const asked = this.answerTo(
      order,
      (request) => ({ _tag: "OrderAsked", request, order, target, boundMs: finite }),
      waitMs,
    )
    return Effect.map(asked, (rows) =>
      rows === undefined
        ? { _tag: "Unconfirmed", waitedMs: Math.round(this.loop.nowMs() - beganAtMs) }
        : answerOf(rows),
    )
  }

  /** `undefined` when the answer has not come in time. */
  private answerTo(
    asked: string,
    question: (request: number) => Message.OperatorToScheduler,
    waitMs: number,
  ): Effect.Effect<ReadonlyArray<Told> | undefined, NoAnswer> {
    const rows: Array<Told> = []
    const answer = Deferred.makeUnsafe<ReadonlyArray<Told>, NoAnswer>()
    const request = this.listen(asked, {
      told: (message) => {
        rows.push(message)
        if (isLast(message, asked)) Deferred.doneUnsafe(answer, Exit.succeed(rows))
      },
      gone: (reason) => Deferred.doneUnsafe(answer, Exit.fail(new NoAnswer(asked, reason))),
    })
    if (request instanceof NoAnswer) return Effect.fail(request)
    this.session.send(question(request))
    return Effect.timeoutOption(Deferred.await(answer), waitMs).pipe(
      Effect.map(Option.getOrUndefined),
      Effect.ensuring(Effect.sync(() => this.forget(request))),
    )
  }
}

interface Unconfirmed {
  readonly _tag: "Unconfirmed"
  readonly waitedMs: number
}

const isLast = ({ _tag }: Told, asked: string): boolean =>
  _tag === "StatusTold" || _tag === "OrderTold" || (_tag === "TasksTold" && asked === "tasks")
