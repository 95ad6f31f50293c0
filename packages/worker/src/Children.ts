/**
 * The children that attempts of a worker have submitted, until they have ended.
 *
 * To the scheduler the worker is the client of all of them, and numbers them in its session; each attempt
 * has numbers of its own. With the end of an attempt its children end: they are cancelled, and only when
 * the last has been confirmed is the attempt's own end told, so that whoever asked for it knows of all.
 *
 * - **G7** A child is in the table until it ends, or its parent's end has been told.
 * - **G8** Nobody waits for the stop of children longer than a bound.
 */
import { isEnd, type Message, NumberTable, type TaskNumber, Values } from "@scaler-ts/protocol"

/** What the table needs of the world. */
export interface ChildrenOutlet {
  readonly send: (message: Message.OfSubmitter | Message.TaskWaits | Message.TaskResumes) => void
  /** Calls `fire` in `delayMs` unless the returned function is called first. */
  readonly after: (delayMs: number, fire: () => void) => () => void
  readonly tellChild: (key: number, message: Message.ToSubmitter) => void
  readonly lend: (key: number) => void
  readonly reclaim: (key: number) => void
  /** How deep a task may be nested that runs here and has children of its own. */
  readonly nestingMax: () => number
}

/** An attempt, as its children know it. */
export interface Parent extends Pick<Message.Task, "task" | "attempt" | "traceparent" | "depth"> {
  readonly key: number
}

interface Child {
  readonly number: TaskNumber
  /** The number that its parent has given it. */
  readonly own: TaskNumber
  readonly family: Family
  /** Whether it was asked to stop, and has not refused. */
  isWanted: boolean
}

/** Somebody who waits until an attempt has no children any more. `left`: how many it has all the same, after the bound. */
interface Waiter {
  readonly tell: (left: number) => void
  readonly stopBound: () => void
}

/** An attempt that has children. */
interface Family {
  readonly key: number
  readonly children: Map<TaskNumber, Child>
  /** Its function has ended, and its end is told when its children have. */
  ending: Waiter | undefined
  /** Its grace period is over, and begins anew when its children have stopped. */
  grace: Waiter | undefined
}

/** How long is waited for the stop of children, in milliseconds: as long as a client waits for one. */
export const childrenBoundMs = 30_000

export class Children {
  private readonly worker: string
  private readonly outlet: ChildrenOutlet
  private readonly families = new Map<number, Family>()
  private readonly byNumber = new NumberTable<Child>()
  /** The attempts whose slots are lent. */
  private readonly waiting = new Set<number>()
  private lastNumber = 0
  /** Why no children can be had at present. */
  private lostBy: string | undefined

  constructor(worker: string, outlet: ChildrenOutlet) {
    this.worker = worker
    this.outlet = outlet
  }

  get size(): number {
    return this.byNumber.size
  }

  /** An attempt has said something about a child. */
  said(parent: Parent, message: Message.OfSubmitter): void {
    if (message._tag === "Task") return this.submit(parent, message)
    const child = this.families.get(parent.key)?.children.get(message.task)
    // Of one that has ended the end is on its way to the attempt.
    if (child === undefined) return
    if (message._tag === "TaskCancel") child.isWanted = true
    this.outlet.send({ ...message, task: child.number })
  }

  /** Something has come about a child; about one that was let go it is for nobody. */
  heard(message: Message.ToSubmitter): void {
    const child = this.byNumber.get(message.task)
    if (child === undefined) return
    const { family, own } = child
    this.outlet.tellChild(family.key, { ...message, task: own })
    if (isEnd(message)) return this.remove(child)
    if (message._tag !== "TaskCancelConfirm") return
    // It has refused to stop: it goes on, and nobody waits for it but its parent's function.
    child.isWanted = false
    if (family.ending !== undefined) this.remove(child)
  }

  /** An attempt begins to wait for its children, or goes on (R31). */
  waits({ key, task, attempt }: Parent, isWaiting: boolean): void {
    if (this.waiting.has(key) === isWaiting) return
    if (isWaiting) {
      this.waiting.add(key)
      this.outlet.send({ _tag: "TaskWaits", task, attempt })
      this.outlet.lend(key)
    } else {
      this.waiting.delete(key)
      this.outlet.send({ _tag: "TaskResumes", task, attempt })
      this.outlet.reclaim(key)
    }
  }

  /**
   * The function of an attempt has ended: its children are cancelled, and `tell` is called when they have
   * ended, have refused to, or the bound has passed; at once if it has none. `left`: how many have not.
   */
  end(key: number, tell: (left: number) => void): void {
    this.waiting.delete(key)
    const family = this.families.get(key)
    if (family === undefined) return tell(0)
    for (const child of family.children.values()) {
      if (child.isWanted) continue
      child.isWanted = true
      this.outlet.send({ _tag: "TaskCancel", task: child.number, attempt: 0, force: true })
    }
    family.ending = this.waiter(family, tell)
  }

  /** Whether all that keeps an attempt from its end, or may, is that its children are asked to stop, and have not. */
  isOnlyStopping(key: number): boolean {
    const family = this.families.get(key)
    return family !== undefined && [...family.children.values()].every(({ isWanted }) => isWanted)
  }

  /** Calls back once when an attempt has no children any more, or after the bound, unless the returned function is called first. */
  whenStopped(key: number, tell: (left: number) => void): () => void {
    const family = this.families.get(key)
    if (family === undefined) return () => {}
    family.grace = this.waiter(family, tell)
    return () => {
      family.grace?.stopBound()
      family.grace = undefined
    }
  }

  /** The scheduler is gone, or is being left: it ends the children, and nobody hears of them any more. */
  lose(reason: string): void {
    this.lostBy = reason
    for (const family of [...this.families.values()]) {
      for (const { own } of family.children.values()) this.tellLost(family.key, own, reason)
      this.letGo(family)
    }
  }

  /** There is a scheduler again. */
  begin(): void {
    this.lostBy = undefined
  }

  private submit(parent: Parent, message: Message.Task): void {
    const { key, traceparent } = parent
    const depth = parent.depth + 1
    if (this.lostBy !== undefined) return this.tellLost(key, message.task, this.lostBy)
    if (depth > this.outlet.nestingMax()) return this.refuse(parent, message)
    let family = this.families.get(key)
    if (family === undefined) {
      family = { key, children: new Map(), ending: undefined, grace: undefined }
      this.families.set(key, family)
    }
    const number = ++this.lastNumber
    const child: Child = { number, own: message.task, family, isWanted: false }
    family.children.set(child.own, child)
    this.byNumber.set(number, child)
    this.outlet.send({
      ...message,
      task: number,
      depth,
      traceparent: message.traceparent === "" ? traceparent : message.traceparent,
    })
  }

  private waiter(family: Family, tell: (left: number) => void): Waiter {
    return { tell, stopBound: this.outlet.after(childrenBoundMs, () => this.pass(family, tell)) }
  }

  /** The bound has passed. */
  private pass(family: Family, tell: (left: number) => void): void {
    if (family.ending?.tell === tell) return this.letGo(family)
    family.grace = undefined
    tell(family.children.size)
  }

  private remove(child: Child): void {
    const { family, number, own } = child
    this.byNumber.delete(number)
    family.children.delete(own)
    if (family.children.size === 0) this.letGo(family)
  }

  /** Forgets a family, and tells those who wait for that. */
  private letGo(family: Family): void {
    const { key, children, ending, grace } = family
    this.families.delete(key)
    for (const { number } of children.values()) this.byNumber.delete(number)
    family.ending = family.grace = undefined
    ending?.stopBound()
    grace?.stopBound()
    // With the end of the attempt its grace period is of no interest any more.
    if (ending === undefined) grace?.tell(children.size)
    else ending.tell(children.size)
  }

  private tellLost(key: number, own: TaskNumber, reason: string): void {
    const payload = Values.encode({ reason, workers: [] })
    this.tellResult(key, own, { type: "failedWorkerDied", payload })
  }

  private refuse({ key, depth }: Parent, { task, name }: Message.Task): void {
    const most = this.outlet.nestingMax()
    const shown = JSON.stringify(name.slice(0, 200))
    const error = new RangeError(
      `nestingMax is ${most} on worker "${this.worker}", and task ${shown} would be nested ${depth + 1} deep; ` +
        "give the executor a larger one, unless it calls itself without end",
    )
    error.name = "NestedTooDeep"
    this.tellResult(key, task, { type: "failed", payload: Values.encode(error) })
  }

  private tellResult(
    key: number,
    task: TaskNumber,
    what: Pick<Message.TaskResult, "type" | "payload">,
  ): void {
    const { worker } = this
    this.outlet.tellChild(key, { _tag: "TaskResult", task, attempt: 0, worker, runMs: 0, ...what })
  }
}
