/** A scheduler on a transport driven by hand, with somebody who looks at it. */
import type { Message, PeerId } from "@scaler-ts/protocol"
import { Scheduler } from "@scaler-ts/scheduler"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { HandPeer, HandTransport, turns } from "./Hand.ts"

/** An operator that has said hello. */
export const operatorOn = (transport: HandTransport, id: PeerId): HandPeer =>
  new HandPeer(transport, id).say({ _tag: "OperatorHello", session: `session of ${id}` })

export interface Office {
  readonly transport: HandTransport
  readonly scheduler: Scheduler.Scheduler
  readonly operator: HandPeer
  /** Says something as the operator, and succeeds with what it is told. */
  readonly ask: (
    ...messages: ReadonlyArray<Message.ToScheduler>
  ) => Effect.Effect<ReadonlyArray<string>>
}

export const office = (
  options?: Scheduler.SchedulerOptions,
): Effect.Effect<Office, never, Scope.Scope> =>
  Effect.gen(function* () {
    const transport = new HandTransport()
    const scheduler = yield* Scheduler.make(transport, options)
    const operator = operatorOn(transport, "o")
    yield* turns
    operator.news()
    const ask = (...messages: ReadonlyArray<Message.ToScheduler>) =>
      Effect.gen(function* () {
        operator.say(...messages)
        yield* turns
        return operator.news()
      })
    return { transport, scheduler, operator, ask }
  })

export const tasksAsked = (about: Partial<Message.TasksAsked> = {}): Message.TasksAsked => ({
  _tag: "TasksAsked",
  request: 1,
  state: "any",
  name: "",
  worker: "",
  limit: 100,
  ...about,
})

export const ordered = (
  order: Message.OrderAsked["order"],
  target: string,
  boundMs = 0,
  request = 9,
): Message.OrderAsked => ({ _tag: "OrderAsked", request, order, target, boundMs })

export interface StatusAnswer extends Message.StatusTold {
  readonly waiting: ReadonlyArray<Message.WaitingTold>
}

/** What an operator is told that asks for the status. */
export const statusOf = (operator: HandPeer): Effect.Effect<StatusAnswer> =>
  Effect.gen(function* () {
    operator.messages()
    operator.say({ _tag: "StatusAsked", request: 1 })
    yield* turns
    const told = operator.messages()
    operator.news()
    const last = told.at(-1)
    if (last?._tag !== "StatusTold") throw new Error("no StatusTold came last")
    return { ...last, waiting: told.filter((message) => message._tag === "WaitingTold") }
  })
