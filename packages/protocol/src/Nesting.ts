/**
 * The way from a running function to the scheduler of its worker, for the clients within it.
 *
 * What they say goes to the executor, which hands it to the worker. Their tasks are numbered together, so that
 * there may be several of them, and what of them is unfinished has one bound: credit for it is given here, as
 * a scheduler gives it to its clients, so that no function has children without end.
 */
import { type CreditAccount, Credits } from "./Credits.ts"
import type { TaskNumber } from "./Ids.ts"
import type * as Credit from "./machine/Credit.ts"
import type { ClientToScheduler, OfSubmitter, Task, ToSubmitter } from "./Message.ts"
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

/** How many children of one attempt may be unfinished, and how many bytes of their inputs. */
export const childrenMax: Credit.Amount = { tasks: 10_000, bytes: 64 * 1_048_576 }

/** A child that has not ended. */
interface Child {
  readonly owner: Account
  readonly inputBytes: number
}

type Account = CreditAccount<ClientReceiver>

export class Nesting {
  private readonly outlet: NestingOutlet
  private readonly clients = new Set<Account>()
  private readonly children = new Map<TaskNumber, Child>()
  private readonly credits: Credits<ClientReceiver>
  private lastNumber = 0
  private waiting = 0
  private over: string | undefined

  constructor(outlet: NestingOutlet, bound: Credit.Amount = childrenMax) {
    this.outlet = outlet
    this.credits = new Credits({ client: bound, all: bound })
  }

  /** A number for a child. */
  nextNumber(): TaskNumber {
    return ++this.lastNumber
  }

  /** A session for one more client. It says no hello, for it speaks in the session of the worker. */
  connect(): ClientSession {
    let client: Account | undefined
    return {
      open: (receiver) => {
        if (this.over === undefined) client = this.open(receiver)
        else receiver.lost(this.over)
      },
      send: (message) => {
        if (client !== undefined && this.over === undefined) this.send(client, message)
      },
      close: () => {
        if (client !== undefined && this.clients.delete(client)) this.credits.close(client)
      },
    }
  }

  /** A client begins to wait for a child, or for credit, or waits for nothing any more. */
  waits(isWaiting: boolean): void {
    if (this.over !== undefined) return
    this.waiting += isWaiting ? 1 : -1
    if (this.waiting === (isWaiting ? 1 : 0)) this.outlet.waits(isWaiting)
  }

  /** Something has come about a child. */
  hear(message: ToSubmitter): void {
    const child = this.children.get(message.task)
    if (child === undefined) return
    const { owner, inputBytes } = child
    if (isEnd(message)) {
      this.children.delete(message.task)
      this.credits.giveBack(owner, inputBytes)
    }
    owner.owner.receive([message])
    this.settle()
  }

  /** The function has ended, or its worker has no scheduler any more: nothing more is said or heard. */
  end(reason: string): void {
    if (this.over !== undefined) return
    this.over = reason
    this.children.clear()
    for (const { owner } of this.clients) owner.lost(reason)
    this.clients.clear()
  }

  private open(receiver: ClientReceiver): Account {
    const { account, first } = this.credits.open(receiver)
    this.clients.add(account)
    receiver.receive([{ _tag: "TaskCredit", ...first }])
    return account
  }

  private send(client: Account, message: ClientToScheduler): void {
    const { owner } = client
    switch (message._tag) {
      case "Task":
        return this.submit(client, message)
      case "TaskCancel":
      case "TaskLogTaken":
        return this.outlet.said(message)
      case "ClientDisconnect":
        return owner.receive([{ _tag: "ClientDisconnectEcho" }])
      case "ClientHello":
      case "Heartbeat":
      case "ProtocolError":
        return
      default:
        // Or whoever said it would wait for an answer. It ends this client alone, as it would elsewhere.
        return owner.receive([{ _tag: "ProtocolError", reason: notForwarded(message) }])
    }
  }

  private submit(owner: Account, message: Task): void {
    const inputBytes = message.input.length
    if (!this.credits.spend(owner, inputBytes)) {
      return owner.owner.receive([{ _tag: "ProtocolError", reason: overdrawn }])
    }
    this.children.set(message.task, { owner, inputBytes })
    this.outlet.said(message)
    this.settle()
  }

  /** Gives whatever credit is due. */
  private settle(): void {
    const told: Array<() => void> = []
    this.credits.settle((receiver, amount) =>
      told.push(() => receiver.receive([{ _tag: "TaskCredit", ...amount }])),
    )
    // Not while it is being shared out, for what was waiting is sent at once.
    for (const tell of told) tell()
  }
}

const overdrawn =
  "a client within a task submitted a child without credit for it; wait for TaskCredit before submitting more"

const notForwarded = ({ _tag }: ClientToScheduler): string =>
  `a client within a task said ${_tag}, which is not passed on to the scheduler of its worker; ` +
  "use a client that is connected to the scheduler"

/** Whether nothing more is said of a task after a message about it. */
export const isEnd = (message: ToSubmitter): boolean =>
  message._tag === "TaskResult" ||
  (message._tag === "TaskCancelConfirm" && message.type !== "cancelFailed")
