/** One future: an entry of the client's table, and the handle its owner holds. They are one object, because a million of them may be pending. */
import { ClientTask, type Message, TaskId, type TaskNumber } from "@scaler-ts/protocol"
import type { Future } from "../Future.ts"
import type { TaskRef } from "../FutureError.ts"
import type { Outcome } from "../Outcome.ts"
import type { Receipt } from "../Receipt.ts"
import type { FutureTable } from "./FutureTable.ts"

/** Is told the outcome, once, on a turn of its own. */
export type Listener = (outcome: Outcome<unknown>) => void

/** One who waits to be told; taken back by unsetting `wanted`, also when the end has come and the telling has not. */
export class Waiting {
  wanted = true
  readonly listener: Listener
  constructor(listener: Listener) {
    this.listener = listener
  }
}

/** Waits for the receipt of a cancel. */
export type Asker = (receipt: Receipt<unknown>) => void

/** What came with an event. */
export interface Context {
  readonly asker?: Asker
  readonly boundMs: number
}

/** Is told a line, and what it was said by. */
export type OnLog = (line: string, from: Message.OutputSource) => unknown

/** What a running task tells its client on the way, and what else few futures have. */
export interface Hooks {
  /** The id that it was attached to by. */
  readonly id?: string
  readonly onProgress: ((fraction: number) => void) | undefined
  readonly onLog: OnLog | undefined
  /** The signal that cancels it, if it has one. */
  readonly abort?: Abort
}

/** A signal whose abort cancels a task. */
export interface Abort {
  readonly signal: AbortSignal
  /** Whether that is what cancelled it. */
  isCause: boolean
  /** Is told the receipt of that cancel. */
  onReceipt: Asker | undefined
}

export class FutureEntry implements TaskRef {
  readonly number: TaskNumber
  /** Empty until the scheduler has said it, of one that was attached to by nothing but its id. */
  task: string
  readonly table: FutureTable
  readonly hooks: Hooks | undefined
  machine: ClientTask.State = ClientTask.initial
  /** How it ended, once it has. */
  end: Outcome<unknown> | undefined
  /** The answer that the cancel which ended this future got. */
  receipt: Receipt<unknown> | undefined
  /** Who waits: mostly nobody or one, and a million futures may be pending, so a set comes with the second. */
  waiting: Waiting | Set<Waiting> | undefined
  cancelling: Cancelling | undefined

  constructor(table: FutureTable, number: TaskNumber, task: string, hooks: Hooks | undefined) {
    this.table = table
    this.number = number
    this.task = task
    this.hooks = hooks
  }

  get id(): string {
    const { sessionName } = this.table
    if (this.hooks?.id !== undefined) return this.hooks.id
    return sessionName === "" ? "" : TaskId.format(sessionName, this.number)
  }

  addWaiting(one: Waiting): void {
    const { waiting } = this
    if (waiting === undefined) this.waiting = one
    else if (waiting instanceof Waiting) this.waiting = new Set([waiting, one])
    else waiting.add(one)
  }

  dropWaiting(one: Waiting): void {
    one.wanted = false
    if (this.waiting === one) this.waiting = undefined
    else if (this.waiting instanceof Set) this.waiting.delete(one)
  }

  /** Whether anybody is to be told how it ends: who waits for the receipt of a cancel is told by that. */
  get isAwaited(): boolean {
    const { waiting, cancelling } = this
    if (cancelling !== undefined && cancelling.askers.size > 0) return true
    return waiting instanceof Waiting || (waiting !== undefined && waiting.size > 0)
  }

  /** It has just ended; whether anybody waits to be told how. For faces that have something to do then. */
  onEnd(_awaited: boolean): void {}

  /** Somebody has been shown how it ended. */
  onSeen(): void {}

  /** What logs and JSON show: the future, and not the client's table behind it. */
  toJSON(): object {
    const { number, task, machine } = this
    return { task, number, state: machine._tag === "ended" ? machine.end : machine._tag }
  }
}

// Not a member: a computed name has no place in a declaration that others compile against.
Object.defineProperty(FutureEntry.prototype, Symbol.for("nodejs.util.inspect.custom"), {
  value(this: FutureEntry): string {
    return `Future ${JSON.stringify(this)}`
  },
})

/** What there is of a future only while it is being cancelled. */
export interface Cancelling {
  /** Who waits for the answer to the newest request. */
  askers: Set<Asker>
  /** When the newest request was sent, by the loop's clock. */
  askedAtMs: number
  stopBound: (() => void) | undefined
}

/** A kind of futures: plain ones, or those of a face of its own. */
export type FutureKind<F extends FutureEntry> = new (
  table: FutureTable,
  number: TaskNumber,
  task: string,
  hooks: Hooks | undefined,
) => F

/** The table entry behind a handle. */
export const entryOf = (future: Future<unknown>): FutureEntry => {
  if (future instanceof FutureEntry) return future
  throw new TypeError("not a future: only what Client.submit returned can be used here")
}

/** Whether it ended without anybody's word about it, because the client left. */
export const isUnconfirmed = ({ end }: FutureEntry): boolean =>
  end?._tag === "Lost" &&
  (end.error.reason === "clientClosed" || end.error.reason === "connectionLost")
