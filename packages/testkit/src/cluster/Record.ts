/**
 * What happened in an execution, as far as the guarantees speak of it: what became of every future at
 * its client, and of every attempt at its worker.
 *
 * Written down as it happens and judged at the end (`guarantees.ts`), by which step had to come before
 * which and not by which happened to come first: so one execution speaks for its whole class.
 */
import type { World, WorldNode } from "@scaler-ts/adapter-memory"
import type { ClientObserver, Future } from "@scaler-ts/future"
import type { ClientSession, Message, WorkerSession } from "@scaler-ts/protocol"
import type { ExecutorFactory } from "@scaler-ts/worker"
import type { AttemptRecord, CallRecord, FutureRecord, Moment, TaskRecord } from "./records.ts"
import { attemptRecord, watchedExecutor } from "./watchedExecutor.ts"

/** Whence a task came: the tag by which its attempts are known again, and of a child the attempt that submitted it. */
interface Origin {
  readonly tag: string | undefined
  readonly parent: AttemptRecord | undefined
}

export class Record {
  readonly futures: Array<FutureRecord> = []
  /** What the client's step under way is about, for reports: everything it asked of futures, in order. */
  readonly doing: Array<string> = []
  /** What clients were told in the step under way, for reports. */
  readonly told: Array<string> = []
  /** The calls of each job, by its name. */
  readonly calls: Map<string, Array<CallRecord>> = new Map()
  private readonly world: World
  private readonly byFuture = new Map<Future.Future<unknown>, FutureRecord>()
  private readonly byTag = new Map<string, FutureRecord>()
  private readonly sent = new Set<string>()
  /** The tasks that were detached before anybody was told of them, and when. */
  private readonly detached = new Map<string, Moment>()
  /** Which attempt says something about a child at the moment, by which number of its own. */
  private saying:
    | { readonly parent: AttemptRecord | undefined; readonly number: number }
    | undefined
  /** The tag of the child that was submitted and sent just now. */
  private sentChild: string | undefined
  private order = 0
  /** Whether the scheduler was ever asked to stop: then every task may be cancelled, and every session end. */
  isStopping = false

  constructor(world: World) {
    this.world = world
  }

  now(): Moment {
    const { step, current } = this.world
    return { step, order: ++this.order, atMs: current?.nowMs ?? 0 }
  }

  /** Writes down that a job's function is called; the returned function, that this call is over. */
  called(job: string, { name, life }: WorldNode): () => void {
    const call: CallRecord = { worker: name, life, over: undefined }
    this.calls.set(job, [...(this.calls.get(job) ?? []), call])
    return () => {
      call.over = this.now()
    }
  }

  /** Watches a client. */
  observer(client: string): ClientObserver {
    return this.observing(client, (number) => ({ tag: tagOf(client, number), parent: undefined }))
  }

  /** Watches a client within a task that runs on a node. */
  observerWithin({ name }: WorldNode): ClientObserver {
    let parent: AttemptRecord | undefined
    return this.observing(name, () => {
      const { sentChild: tag, saying } = this
      this.sentChild = undefined
      // The first is never held back, so somebody has said it. Others may wait at their client.
      parent ??= saying?.parent
      return { tag, parent }
    })
  }

  private observing(client: string, originOf: (number: number) => Origin): ClientObserver {
    const about = (future: Future.Future<unknown>): FutureRecord => {
      const known = this.byFuture.get(future)
      if (known === undefined) throw new Error("a future that was never submitted")
      // Whoever asks from another node depends on this one, even if nothing changes here.
      this.world.lookAt([this.world.node(client)])
      return known
    }
    return {
      submitted: (future) => {
        this.add(client, future, newTask(client), { isAttached: false, ...originOf(future.number) })
        this.doing.push(`submit(${future.task})`)
      },
      attached: (future) => {
        const known = this.futures.find((one) => one.future.id === future.id)
        const origin = { tag: tagOf(client, future.number), parent: undefined }
        this.add(client, future, known ?? newTask(undefined), { isAttached: true, ...origin })
        this.doing.push(`attach(${future.task})`)
      },
      awaited: (future) => {
        about(future)
        this.doing.push(`await(${future.task})`)
      },
      cancelAsked: (future, boundMs) => {
        about(future).asked.push({ ...this.now(), boundMs })
        this.doing.push(`cancel(${future.task})`)
      },
      answered: (future, receipt) => {
        about(future).answers.push({ at: this.now(), receipt })
        const how = receipt._tag === "Stopped" ? `, ${receipt.how}` : ""
        this.told.push(`cancel(${future.task}): ${receipt._tag}${how}`)
      },
      gaveUp: (future) => {
        about(future).gaveUp++
      },
      ended: (future, outcome) => {
        about(future).ends.push({ at: this.now(), outcome })
        // Of a cancel its receipt tells.
        if (outcome._tag !== "Cancelled") this.told.push(`${future.task}: ${outcome._tag}`)
      },
    }
  }

  private add(
    client: string,
    future: Future.Future<unknown>,
    task: TaskRecord,
    { isAttached, tag, parent }: Origin & { readonly isAttached: boolean },
  ): void {
    const { submitter, wanted, detached, refusals, attempts } = task
    if (this.isStopping) wanted.push(this.now())
    const wasSent =
      parent === undefined ? this.sent.delete(tagOf(client, future.number)) : tag !== undefined
    const record: FutureRecord = {
      client,
      parent,
      future,
      isAttached,
      submitted: this.now(),
      asked: [],
      answers: [],
      isSent: isAttached || wasSent,
      gaveUp: 0,
      ends: [],
      submitter,
      wanted,
      detached,
      refusals,
      attempts,
    }
    this.futures.push(record)
    this.byFuture.set(future, record)
    if (tag === undefined) return
    this.byTag.set(tag, record)
    const early = this.detached.get(tag)
    if (early !== undefined && !isAttached) detached.push(early)
  }

  /** The client a future is of. */
  clientOf(future: Future.Future<unknown>): string | undefined {
    return this.byFuture.get(future)?.client
  }

  /** A task leaves its client: as a rule before anybody is told that it was submitted. */
  private leaves(tag: string): void {
    const known = this.byTag.get(tag)
    if (known === undefined) this.sent.add(tag)
    else known.isSent = true
  }

  /** A task is let go: with its submit before anybody is told of that. */
  private detaches(tag: string): void {
    const known = this.byTag.get(tag)
    if (known === undefined) this.detached.set(tag, this.now())
    else known.detached.push(this.now())
  }

  /** A client's session whose tasks carry a tag, by which their attempts are known again. */
  tagging(client: string, session: ClientSession): ClientSession {
    return {
      open: (receiver) => session.open(receiver),
      close: () => session.close(),
      send: (message) => {
        if (message._tag === "TaskCancel") {
          this.byTag.get(tagOf(client, message.task))?.wanted.push(this.now())
        }
        if (message._tag === "TaskDetach") this.detaches(tagOf(client, message.task))
        if (message._tag === "Task") this.leaves(tagOf(client, message.task))
        session.send(
          message._tag === "Task"
            ? { ...message, traceparent: tagOf(client, message.task) }
            : message,
        )
      },
    }
  }

  /** What a worker says, of a child with a tag of its own. */
  private tagged(node: WorldNode, message: Message.WorkerToScheduler): Message.WorkerToScheduler {
    if (message._tag === "TaskCancel") {
      const wanted = this.byTag.get(tagOfChild(node, message.task))
      wanted?.wanted.push(this.now())
    }
    if (message._tag !== "Task") return message
    const tag = tagOfChild(node, message.task)
    const { saying } = this
    const waited = this.futures.find(
      ({ parent, isSent, future }) =>
        !isSent && parent === saying?.parent && future.number === saying?.number,
    )
    if (waited === undefined) this.sentChild = tag
    else {
      this.byTag.set(tag, waited)
      waited.isSent = true
    }
    return { ...message, traceparent: tag }
  }

  /** A worker's session and executor, watched together: the session tells whose attempt is being started. */
  watching(
    node: WorldNode,
    session: WorkerSession,
    executor: ExecutorFactory,
  ): { readonly session: WorkerSession; readonly executor: ExecutorFactory } {
    /** Whose attempt is being started. */
    let heard: FutureRecord | undefined
    /** Whether what is said at the moment answers a recall. */
    let isRecalled = false
    const byTask = new Map<number, FutureRecord | undefined>()
    const now = (): Moment => this.now()
    return {
      session: {
        send: (said) => {
          const message = this.tagged(node, said)
          if (message._tag === "TaskCancelConfirm" && message.type === "cancelFailed") {
            if (!isRecalled) byTask.get(message.task)?.refusals.push(this.now())
          }
          session.send(message)
        },
        close: () => session.close(),
        open: (receiver) =>
          session.open({
            lost: (reason) => receiver.lost(reason),
            receive: (messages) => {
              for (const message of messages) {
                if (message._tag === "Task") {
                  heard = this.byTag.get(message.traceparent)
                  byTask.set(message.task, heard)
                }
                isRecalled = message._tag === "TaskCancel" && !message.force
                receiver.receive([message])
                isRecalled = false
              }
            },
          }),
      },
      executor: watchedExecutor(
        executor,
        now,
        (attempt) => {
          const record = attemptRecord(node, attempt, now())
          heard?.attempts.push(record)
          return record
        },
        (parent, number, say) => {
          this.saying = { parent, number }
          say()
        },
      ),
    }
  }
}

const tagOfChild = ({ name, life }: WorldNode, number: number): string =>
  `${name}/${life}/child ${number}`

const newTask = (submitter: string | undefined): TaskRecord => ({
  submitter,
  wanted: [],
  detached: [],
  refusals: [],
  attempts: [],
})

const tagOf = (client: string, number: number): string => `${client}/${number}`
