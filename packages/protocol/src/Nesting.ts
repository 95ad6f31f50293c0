/**
 * The way from a running function to the scheduler of its worker, for the clients within it.
 *
 * What they say goes to the executor, which hands it to the worker. Their tasks are numbered together, so that
 * there may be several of them.
 */
import type { TaskNumber } from "./Ids.ts"
import type { ClientToScheduler, OfSubmitter, ToSubmitter } from "./Message.ts"
import type { ClientReceiver, ClientSession } from "./Session.ts"

/** Under this key the context of a task has its `Nesting`. */
export const nestingKey: symbol = Symbol.for("@scaler-ts/protocol/nesting")

/** What carries it. */
export interface NestingOutlet {
  /** Something was said about a child, under the attempt's own number for it. */
  readonly said: (message: OfSubmitter) => void
  /** The attempt begins to wait for children, or goes on. */
  readonly waits: (isWaiting: boolean) => void
}

export class Nesting {
  private readonly outlet: NestingOutlet
  private readonly receivers = new Set<ClientReceiver>()
  /** Whose each child is that has not ended. */
  private readonly owners = new Map<TaskNumber, ClientReceiver>()
  private lastNumber = 0
  private waiting = 0
  private over: string | undefined

  constructor(outlet: NestingOutlet) {
    this.outlet = outlet
  }

  /** A number for a child. */
  nextNumber(): TaskNumber {
    return ++this.lastNumber
  }

  /** A session for one more client. It says no hello, for it speaks in the session of the worker. */
  connect(): ClientSession {
    let receiver: ClientReceiver | undefined
    return {
      open: (opened) => {
        receiver = opened
        if (this.over === undefined) this.receivers.add(opened)
        else opened.lost(this.over)
      },
      send: (message) => {
        if (receiver !== undefined && this.over === undefined) this.send(receiver, message)
      },
      close: () => {
        if (receiver !== undefined) this.receivers.delete(receiver)
      },
    }
  }

  /** A client begins to wait for a child, or waits for none any more. */
  waits(isWaiting: boolean): void {
    if (this.over !== undefined) return
    this.waiting += isWaiting ? 1 : -1
    if (this.waiting === (isWaiting ? 1 : 0)) this.outlet.waits(isWaiting)
  }

  /** Something has come about a child. */
  hear(message: ToSubmitter): void {
    const owner = this.owners.get(message.task)
    if (isEnd(message)) this.owners.delete(message.task)
    owner?.receive([message])
  }

  /** The function has ended, or its worker has no scheduler any more: nothing more is said or heard. */
  end(reason: string): void {
    if (this.over !== undefined) return
    this.over = reason
    this.owners.clear()
    for (const receiver of this.receivers) receiver.lost(reason)
    this.receivers.clear()
  }

  private send(receiver: ClientReceiver, message: ClientToScheduler): void {
    switch (message._tag) {
      case "Task":
        this.owners.set(message.task, receiver)
        return this.outlet.said(message)
      case "TaskCancel":
      case "TaskLogTaken":
        return this.outlet.said(message)
      case "ClientDisconnect":
        return receiver.receive([{ _tag: "ClientDisconnectEcho" }])
      case "ClientHello":
      case "Heartbeat":
      case "ProtocolError":
        return
      default:
        // Or whoever said it would wait for an answer. It ends this client alone, as it would elsewhere.
        return receiver.receive([{ _tag: "ProtocolError", reason: notForwarded(message) }])
    }
  }
}

const notForwarded = ({ _tag }: ClientToScheduler): string =>
  `a client within a task said ${_tag}, which is not passed on to the scheduler of its worker; ` +
  "use a client that is connected to the scheduler"

/** Whether nothing more is said of a task after a message about it. */
export const isEnd = (message: ToSubmitter): boolean =>
  message._tag === "TaskResult" ||
  (message._tag === "TaskCancelConfirm" && message.type !== "cancelFailed")
