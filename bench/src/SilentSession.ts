/** A client's session with a scheduler that answers only when it is told to: what a client costs by itself. */
import { Client } from "@scaler-ts/future"
import { type ClientReceiver, type ClientSession, type Message, Values } from "@scaler-ts/protocol"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"

/** As many results arrive in one turn at most; the same as a link puts into one frame. */
const resultsPerTurn = 4_096

const payload = Values.encode(1)

export class SilentSession implements ClientSession {
  private receiver: ClientReceiver | undefined
  private newest = 0
  private settled = 0

  open(receiver: ClientReceiver): void {
    this.receiver = receiver
  }

  send(message: Message.ClientToScheduler): void {
    if (message._tag === "Task") this.newest = message.task
    else if (message._tag === "ClientHello")
      this.answer({ ...message, _tag: "HelloEcho", scheduler: "" })
    else if (message._tag === "ClientDisconnect") this.answer({ _tag: "ClientDisconnectEcho" })
  }

  close(): void {}

  /** Ends every task there is with a result, so many per turn. */
  settleAll(): void {
    const results: Array<Message.TaskResult> = []
    while (this.settled < this.newest && results.length < resultsPerTurn) {
      results.push({
        _tag: "TaskResult",
        task: ++this.settled,
        attempt: 1,
        worker: "worker-1",
        type: "success",
        payload,
        runMs: 0,
      })
    }
    this.receiver?.receive(results)
    if (this.settled < this.newest) setImmediate(() => this.settleAll())
  }

  private answer(message: Message.SchedulerToClient): void {
    setImmediate(() => this.receiver?.receive([message]))
  }
}

/** A client on a silent session. Settle everything before stopping it. */
export const startSilent = async (): Promise<{
  readonly client: Client
  readonly session: SilentSession
  readonly stop: () => Promise<void>
}> => {
  const scope = Effect.runSync(Scope.make())
  const session = new SilentSession()
  const client = await Effect.runPromise(Scope.provide(Client.make(session), scope))
  return { client, session, stop: () => Effect.runPromise(Scope.close(scope, Exit.void)) }
}
