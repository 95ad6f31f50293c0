/**
 * The life of a client at its schedulers: it says hello, hears what is said, and when its session is
 * gone begins another one, in which it sends again what has not ended.
 */
import { type ClientSession, type Message, schedulerPeer } from "@scaler-ts/protocol"
import {
  awaitEcho,
  Checked,
  type ConnectionFailed,
  type Loop,
  Rejoining,
  unguessable,
} from "@scaler-ts/runtime"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { ClientOptions } from "../Client.ts"
import type { FutureTable } from "./FutureTable.ts"
import { hear, hearCanceled } from "./hear.ts"

const connectMsDefault = 5_000
const rejoinMsDefault = 30_000

export class ClientLife {
  /** Done when the scheduler has echoed the goodbye, or there is nobody to do so. */
  readonly echoed: Deferred.Deferred<void> = Deferred.makeUnsafe()
  private readonly accepted = Deferred.makeUnsafe<void, string>()
  /** `away`: its session is gone, and another may begin. */
  private state: "greeting" | "open" | "away" | "lost" = "greeting"
  private readonly rejoining: Rejoining
  /** How many sessions it has begun. */
  private begun = 0
  private readonly session: ClientSession
  private readonly table: FutureTable
  private readonly options: ClientOptions
  private readonly loop: Loop.Loop

  constructor(session: ClientSession, table: FutureTable, loop: Loop.Loop, options: ClientOptions) {
    const { onSchedulerLost = "fail", rejoinMs = rejoinMsDefault } = options
    Checked.oneOf("onSchedulerLost", onSchedulerLost, ["resubmit", "fail"])
    Checked.milliseconds("rejoinMs", rejoinMs)
    this.session = session
    this.table = table
    this.loop = loop
    this.options = options
    const resubmits = onSchedulerLost === "resubmit"
    this.rejoining = new Rejoining(loop, {
      rejoinMs: resubmits ? rejoinMs : 0,
      connectMs: options.connectMs ?? connectMsDefault,
      greet: () => {
        if (this.state === "away") this.greet()
      },
      giveUp: () => this.leaveBehind(),
    })
    if (resubmits && rejoinMs > 0) table.line.keep()
  }

  get isGreeting(): boolean {
    return this.state === "greeting"
  }

  get isLost(): boolean {
    return this.state === "lost"
  }

  /** Says hello and waits for the echo. */
  readonly connect: Effect.Effect<void, ConnectionFailed> = Effect.flatMap(unguessable, (name) => {
    const { scheduler = schedulerPeer, connectMs = connectMsDefault } = this.options
    Checked.milliseconds("connectMs", connectMs)
    this.table.sessionName = name
    this.greet()
    return Effect.onError(awaitEcho(this.accepted, scheduler, connectMs), () =>
      Effect.sync(() => this.session.close()),
    )
  })

  /** Begins where no hello is said. */
  openWithin(): void {
    this.state = "open"
    this.open()
  }

  /** No other scheduler is waited for. */
  leaveBehind(): void {
    if (this.state !== "away") return
    // A hello that is under way is taken back.
    this.session.close()
    this.lose(this.table.lostReason)
  }

  private greet(): void {
    this.open()
    const again = this.begun++
    const session = this.table.sessionName
    this.session.send({ _tag: "ClientHello", session, ...(again === 0 ? {} : { again }) })
  }

  private open(): void {
    this.session.open({
      receive: (messages) => this.receive(messages),
      setCanceled: (task) => hearCanceled(this.table, task),
      lost: (reason) => this.sessionLost(reason),
    })
  }

  private receive(messages: ReadonlyArray<Message.SchedulerToClient>): void {
    this.table.lastSeen = this.loop.epochMs()
    for (const message of messages) {
      if (message._tag === "HelloEcho") this.welcomed()
      else if (message._tag === "ClientDisconnectEcho") Deferred.doneUnsafe(this.echoed, Exit.void)
      else if (message._tag === "TaskCredit") this.table.line.granted(message)
      else if (message._tag === "ProtocolError") this.sessionLost(message.reason)
      else if (message._tag !== "HeartbeatEcho") hear(this.table, message)
    }
  }

  private welcomed(): void {
    const wasAway = this.state === "away"
    this.state = "open"
    Deferred.doneUnsafe(this.accepted, Exit.void)
    if (!wasAway) return
    this.rejoining.done()
    this.table.schedulerChanged()
  }

  private sessionLost(reason: string): void {
    if (this.state === "lost") return
    const isKnown = this.state !== "greeting" && !this.table.closing
    if (!isKnown || !this.rejoining.begin()) return this.lose(reason)
    // One that is refused has begun no session, and what was there before is still what counts.
    if (this.state === "open") {
      this.table.lostReason = reason
      this.table.line.suspend()
    }
    this.state = "away"
    this.rejoining.tryAgain()
  }

  private lose(reason: string): void {
    const { table } = this
    this.state = "lost"
    this.rejoining.end()
    table.lostReason = reason
    table.applyToAll({ _tag: "ConnectionGone" }, table.boundMs)
    table.output.clear()
    table.line.clear()
    Deferred.doneUnsafe(this.accepted, Exit.fail(reason))
    Deferred.doneUnsafe(this.echoed, Exit.void)
  }
}
