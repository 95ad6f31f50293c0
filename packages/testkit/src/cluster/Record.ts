/**
 * What happened in an execution, as far as the guarantees speak of it: what became of every future at
 * its client, and of every attempt at its worker.
 *
 * Written down as it happens and judged at the end (`guarantees.ts`), by which step had to come before
 * which and not by which happened to come first: so one execution speaks for its whole class.
 */
import type { World, WorldNode } from "@scaler-ts/adapter-memory"
import type { ClientObserver, Future, Outcome, Receipt } from "@scaler-ts/future"
import type { ClientSession, Message, WorkerSession } from "@scaler-ts/protocol"
import type { ExecutorFactory } from "@scaler-ts/worker"
import { attemptRecord, watchedExecutor } from "./watchedExecutor.ts"

/** When something happened: in which step, and in which order within it. */
export interface Moment {
  /** The number of the step; -1 for what happened while the world was set up. */
  readonly step: number
  readonly order: number
  /** The time of the node at which it happened. */
  readonly atMs: number
}

/** An attempt, from the moment its worker's executor was handed it. */
export interface AttemptRecord {
  readonly worker: string
  /** Which life of its worker it belongs to: it ends with it, and nobody sees it end. */
  readonly life: number
  readonly number: number
  /** When its worker took it in. */
  readonly given: Moment
  /** How many tasks it is nested in. */
  readonly depth: number
  /** When it began to wait for children, went on, began to wait again, and so on. */
  readonly waits: Array<Moment>
  /** When its function was given a slot; `undefined` if it never was. */
  began: Moment | undefined
  /** When its slot came free; `undefined` while it runs. */
  over: Moment | undefined
  how: "returned" | "stopped" | "exited" | "withdrawn" | undefined
  /** When its function was asked to stop last, by its worker's clock. */
  askedAtMs: number | undefined
  /** How long that was before it was seen to end. */
  stopMs: number
  /** Of one that returned: its encoded value, or its encoded error. */
  result: { readonly ok: boolean; readonly payload: Uint8Array } | undefined
}

/** A call of a job's function, as the job itself saw it. */
export interface CallRecord {
  readonly worker: string
  readonly life: number
  /** When it ended, however that was; `undefined` while it runs. */
  over: Moment | undefined
}

/** A future, from the moment its task was submitted. */
export interface FutureRecord {
  /** The node of its client. */
  readonly client: string
  /** The attempt that submitted it, of a child. */
  readonly parent: AttemptRecord | undefined
  readonly future: Future.Future<unknown>
  readonly submitted: Moment
  readonly asked: Array<Moment & { readonly boundMs: number | undefined }>
  readonly answers: Array<{ readonly at: Moment; readonly receipt: Receipt<unknown> }>
  /** Whether its task has left its client: until then it waits for the scheduler to take it. */
  isSent: boolean
  /** Whether its client ever asked the scheduler for its cancel, for an asker or because it leaves. */
  isWanted: boolean
  /** How many asked and stopped waiting before they were answered. */
  gaveUp: number
  /** When a worker refused to stop it. */
  readonly refusals: Array<Moment>
  readonly ends: Array<{ readonly at: Moment; readonly outcome: Outcome<unknown> }>
  readonly attempts: Array<AttemptRecord>
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
  /** Which attempt says something about a child at the moment, and the tag of what it has just submitted. */
  private saying: AttemptRecord | undefined
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
    return this.observing(name, () => {
      const { sentChild: tag, saying: parent } = this
      this.sentChild = undefined
      return { tag, parent }
    })
  }

  private observing(
    client: string,
    originOf: (number: number) => {
      readonly tag: string | undefined
      readonly parent: AttemptRecord | undefined
    },
  ): ClientObserver {
    const about = (future: Future.Future<unknown>): FutureRecord => {
      const known = this.byFuture.get(future)
      if (known === undefined) throw new Error("a future that was never submitted")
      // Whoever asks from another node depends on this one, even if nothing changes here.
      this.world.lookAt([this.world.node(client)])
      return known
    }
    return {
      submitted: (future) => {
        const { tag, parent } = originOf(future.number)
        const record: FutureRecord = {
          client,
          parent,
          future,
          submitted: this.now(),
          asked: [],
          answers: [],
          // What a child's client has said by now has been heard by its worker, which holds nothing back.
          isSent: parent !== undefined || this.sent.delete(tagOf(client, future.number)),
          isWanted: this.isStopping,
          gaveUp: 0,
          refusals: [],
          ends: [],
          attempts: [],
        }
        this.futures.push(record)
        this.byFuture.set(future, record)
        if (tag !== undefined) this.byTag.set(tag, record)
        this.doing.push(`submit(${future.task})`)
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

  /** A client's session whose tasks carry a tag, by which their attempts are known again. */
  tagging(client: string, session: ClientSession): ClientSession {
    return {
      open: (receiver) => session.open(receiver),
      close: () => session.close(),
      send: (message) => {
        if (message._tag === "TaskCancel") {
          const wanted = this.byTag.get(tagOf(client, message.task))
          if (wanted !== undefined) wanted.isWanted = true
        }
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
      if (wanted !== undefined) wanted.isWanted = true
    }
    if (message._tag !== "Task") return message
    this.sentChild = tagOfChild(node, message.task)
    return { ...message, traceparent: this.sentChild }
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
        (attempt, say) => {
          this.saying = attempt
          say()
        },
      ),
    }
  }
}

const tagOfChild = ({ name, life }: WorldNode, number: number): string =>
  `${name}/${life}/child ${number}`

const tagOf = (client: string, number: number): string => `${client}/${number}`
