/** What operators have ordered and not been answered yet. */
import type { Message, PeerId, SchedulerTask, TaskNumber } from "@scaler-ts/protocol"
import type { Entry } from "./entries.ts"
import { endOfResult, holderIn } from "./Moves.ts"

/** Who is to be answered, and under which number. */
export interface Asker {
  readonly peer: PeerId
  readonly request: number
}

type Answer = Omit<Message.OrderTold, "_tag" | "request">

/** The answer where no more is to be said. */
export const plain = (outcome: Message.OrderTold["outcome"]): Answer => ({
  outcome,
  end: "none",
  how: "unknown",
  worker: "",
  attempt: 0,
  stopMs: 0,
})

/** The answer to the cancel of a task that has ended, by its end. */
export const answerOf = (
  { confirm }: SchedulerTask.In<"ended">,
  end: Message.TaskEnd,
  holder: { readonly worker: string; readonly attempt: number },
): Answer => {
  if (confirm === undefined) return { ...plain("ended"), end, ...holder }
  const { how, worker, attempt, stopMs } = confirm
  return { outcome: "done", end: "cancelled", how, worker, attempt, stopMs }
}

/** The answer to the cancel of a task of which only its end is kept. */
export const answerOfKept = (kept: Message.TaskResult | Message.TaskCancelConfirm): Answer => {
  const { attempt, worker } = kept
  if (kept._tag === "TaskResult") {
    return { ...plain("ended"), end: endOfResult[kept.type], worker, attempt }
  }
  const { how, stopMs } = kept
  return { outcome: "done", end: "cancelled", how, worker, attempt, stopMs }
}

/** An answer names so many tasks at most: those of a turn leave together. */
export const rowsMax = 10_000

/** So many orders may be open, of all operators together. */
const openMax = 100_000

export class Orders {
  private open = 0
  private readonly cancels = new Map<TaskNumber, Array<Asker>>()
  private readonly drains = new Map<string, Array<Asker>>()
  private stops: Array<Asker> = []
  private readonly tell: (peer: PeerId, message: Message.SchedulerToOperator) => void

  constructor(tell: (peer: PeerId, message: Message.SchedulerToOperator) => void) {
    this.tell = tell
  }

  /** Why there is no room for another order. */
  get refusal(): string | undefined {
    if (this.open < openMax) return undefined
    return `${openMax} orders are open already; wait for answers before you give more`
  }

  /** Whether nobody waits for what becomes of a task, or of those of a worker. */
  get isIdle(): boolean {
    return this.cancels.size + this.drains.size === 0
  }

  /** Whoever cancels the task: this one is told what becomes of it. */
  cancelling(task: TaskNumber, asker: Asker): void {
    this.open++
    add(this.cancels, task, asker)
  }

  draining(worker: string, asker: Asker): void {
    this.open++
    add(this.drains, worker, asker)
  }

  stopping(asker: Asker): void {
    this.open++
    this.stops.push(asker)
  }

  answer({ peer, request }: Asker, answer: Answer): void {
    this.tell(peer, { _tag: "OrderTold", request, ...answer })
  }

  /** A task that somebody has cancelled has moved: it has ended, or refuses to. */
  moved(entry: Entry, before: SchedulerTask.State, end: Message.TaskEnd): void {
    const askers = this.cancels.get(entry.id)
    if (askers === undefined) return
    const { state } = entry
    const isRefused = before._tag === "cancelling" && state._tag === "running"
    if (state._tag !== "ended" && !isRefused) return
    this.cancels.delete(entry.id)
    this.open -= askers.length
    const holder = holderIn(before)
    const answer =
      state._tag === "ended" ? answerOf(state, end, holder) : { ...plain("refused"), ...holder }
    for (const asker of askers) this.answer(asker, answer)
  }

  /** A worker is gone, and these tasks were left on it. */
  workerGone(worker: string, left: ReadonlyArray<Omit<Message.TaskTold, "request">>): void {
    const askers = this.drains.get(worker) ?? []
    this.drains.delete(worker)
    this.open -= askers.length
    for (const asker of askers) this.answerWith(asker, left)
  }

  /** The scheduler stops now, and these tasks were left. */
  stopped(left: ReadonlyArray<Omit<Message.TaskTold, "request">>): void {
    for (const asker of this.stops) this.answerWith(asker, left)
    this.open -= this.stops.length
    this.stops = []
  }

  /** An operator is gone: it is told nothing more. What it ordered stands. */
  lose(peer: PeerId): void {
    const isHere = (asker: Asker): boolean => asker.peer !== peer
    this.stops = this.stops.filter(isHere)
    keep(this.cancels, isHere)
    keep(this.drains, isHere)
    const waiting = [...this.cancels.values(), ...this.drains.values(), this.stops]
    this.open = waiting.reduce((sum, { length }) => sum + length, 0)
  }

  private answerWith(asker: Asker, left: ReadonlyArray<Omit<Message.TaskTold, "request">>): void {
    const { peer, request } = asker
    for (const row of left.slice(0, rowsMax)) this.tell(peer, { ...row, request })
    const leftOut = left.length - rowsMax
    if (leftOut > 0) this.tell(peer, { _tag: "TasksTold", request, leftOut, cut: false })
    this.answer(asker, plain("done"))
  }
}

const add = <Key>(askers: Map<Key, Array<Asker>>, key: Key, asker: Asker): void => {
  const others = askers.get(key)
  if (others === undefined) askers.set(key, [asker])
  else others.push(asker)
}

const keep = <Key>(askers: Map<Key, Array<Asker>>, isKept: (asker: Asker) => boolean): void => {
  for (const [key, waiting] of askers) {
    const kept = waiting.filter(isKept)
    if (kept.length === 0) askers.delete(key)
    else askers.set(key, kept)
  }
}
