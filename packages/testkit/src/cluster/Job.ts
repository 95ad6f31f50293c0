/** Jobs: tasks whose functions do nothing but what the explorer decides. */
import type { World, WorldNode } from "@scaler-ts/adapter-memory"
import { Client } from "@scaler-ts/future"
import { Values } from "@scaler-ts/protocol"
import type { EffectLike, TaskContext, TaskDefinition } from "@scaler-ts/protocol/tasks"
import { Checked } from "@scaler-ts/runtime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { checkedBy } from "../internal/checkedBy.ts"
import { Call } from "./Call.ts"
import type { Record as Happened } from "./Record.ts"

export interface JobOptions<A> {
  /** What the job returns. Nothing unless told otherwise. */
  readonly value?: A
  /**
   * When the job may return: whenever the explorer says so (the default), within the turn in which it
   * was started, or never, so that only a stop can end it.
   */
  readonly ends?: "any-time" | "at-once" | "never"
  /** Whether it stops when it is asked to, at a time the explorer chooses. It does unless told otherwise. */
  readonly interruptible?: boolean
  /**
   * How many lines it logs before it may end, as fast as they are taken. None unless told otherwise.
   * Where its executor can hold it, it waits with the next line, and hears nothing, until it is let go.
   */
  readonly lines?: number
  /** Whether it may throw instead of returning. It may not unless told otherwise. */
  readonly mayFail?: boolean
  /** Whether what runs it may die under it: a crashed thread, a killed process. It may not unless told otherwise. */
  readonly mayDie?: boolean
  /**
   * What it does, with a client of its own: its tasks are its children. Then it ends when that does, by itself or
   * because it is interrupted. Nothing unless told otherwise; none of the above then counts.
   */
  readonly does?: (client: Client) => Effect.Effect<A, unknown>
}

/**
 * A task that a race test submits.
 *
 * What it says of its runs is the truth at the step that asks; that a step asked makes it depend on
 * the workers, so the search tries it before and after whatever they do.
 */
export interface Job<A = void> extends TaskDefinition<void, A> {
  /** How often its function was called. */
  readonly started: number
  /** How many calls are under way; on a node that crashed none is. */
  readonly running: number
  /** How many calls ended by themselves: they returned or threw. */
  readonly finished: number
  /** How many calls stopped because they were asked to, or because what ran them was ended. */
  readonly stopped: number
  /** Whether a call has ended by itself. */
  readonly ended: boolean
}

const ends = ["any-time", "at-once", "never"] as const
const either = [true, false] as const
const checks: {
  readonly [Name in keyof Required<JobOptions<unknown>>]: (name: string, value: never) => unknown
} = {
  value: (name, value) => Values.encode(value, name),
  ends: (name, value) => Checked.oneOf(name, value, ends),
  interruptible: (name, value) => Checked.oneOf(name, value, either),
  lines: Checked.wholeFromZero,
  mayFail: (name, value) => Checked.oneOf(name, value, either),
  mayDie: (name, value) => Checked.oneOf(name, value, either),
  does: (name, value: unknown) => {
    if (typeof value === "function") return value
    throw new TypeError(
      `${name} is no function; give one that takes a client and returns an Effect`,
    )
  },
}

/** Throws for what nobody can mean: a slip in an option would prove something else than was meant. */
export const checkedJob = <A>(name: string, options: JobOptions<A>): JobOptions<A> => {
  checkedBy(checks, options, `job "${name}"`)
  return options
}

/** How one call of a job's function ended. */
export type JobEnd<A> =
  | { readonly _tag: "returned"; readonly value: A }
  | { readonly _tag: "threw"; readonly error: Error }
  | { readonly _tag: "stopped" }
  | { readonly _tag: "died" }

type Counted = "started" | "finished" | "stopped"

/** A job as those who run it see it. */
export class ScriptedJob<A> implements Job<A> {
  readonly name: string
  readonly module: string = "race:"
  readonly options: JobOptions<A>
  private readonly world: World
  private readonly record: Happened
  private readonly workers: ReadonlyArray<WorldNode>
  private readonly counts: Record<Counted, number> = { started: 0, finished: 0, stopped: 0 }
  /** Where each call that is under way began. What a node ran before it crashed it runs no more. */
  private readonly open = new Map<object, { readonly node: WorldNode; readonly life: number }>()

  constructor(
    name: string,
    options: JobOptions<A>,
    world: World,
    record: Happened,
    workers: ReadonlyArray<WorldNode>,
  ) {
    this.name = name
    this.options = options
    this.world = world
    this.record = record
    this.workers = workers
  }

  get started(): number {
    return this.look("started")
  }

  get running(): number {
    return this.openWhere(true)
  }

  get finished(): number {
    return this.look("finished")
  }

  get stopped(): number {
    return this.look("stopped") + this.openWhere(false)
  }

  get ended(): boolean {
    return this.look("finished") > 0
  }

  /** The job as an ordinary task, for executors that call its function: it is an Effect that the explorer ends. */
  readonly run = (_: void, task: TaskContext): EffectLike<A> => {
    const { does } = this.options
    if (does !== undefined) return this.withChildren(does, task)
    const { log } = task
    const called = Effect.callback<A, Error>((resume) => {
      const node = this.world.current
      if (node === undefined) throw new Error(`job "${this.name}" was called outside its world`)
      const done = (end: JobEnd<A>): void => {
        if (end._tag === "returned") resume(Effect.succeed(end.value))
        else resume(Effect.fail(end._tag === "threw" ? end.error : new Error("it died")))
      }
      const call = new Call(this, node, { log, done })
      return Effect.sync(() => call.close("stopped"))
    })
    return this.options.interruptible === false ? Effect.uninterruptible(called) : called
  }

  private withChildren(
    does: NonNullable<JobOptions<A>["does"]>,
    task: TaskContext,
  ): Effect.Effect<A, unknown> {
    return Effect.suspend(() => {
      const node = this.world.current
      if (node === undefined) throw new Error(`job "${this.name}" was called outside its world`)
      const call = {}
      const isOver = this.began(call, node)
      const observer = this.record.observerWithin(node)
      return Effect.flatMap(Client, does).pipe(
        Effect.provide(Client.within(task, { observer })),
        Effect.onExit((exit) =>
          Effect.sync(() => {
            this.over(call, Exit.hasInterrupts(exit) ? "stopped" : "finished")
            isOver()
          }),
        ),
      )
    })
  }

  began(call: object, node: WorldNode): () => void {
    this.counts.started++
    this.open.set(call, { node, life: node.life })
    return this.record.called(this.name, node)
  }

  over(call: object, as: "finished" | "stopped"): void {
    this.counts[as]++
    this.open.delete(call)
  }

  private openWhere(runs: boolean): number {
    this.world.lookAt(this.workers)
    return [...this.open.values()].filter(
      ({ node, life }) => (node.alive && node.life === life) === runs,
    ).length
  }

  private look(what: Counted): number {
    this.world.lookAt(this.workers)
    return this.counts[what]
  }
}

/** A job's end as the bytes an executor reports. */
export const payloadOf = <A>(end: JobEnd<A>): Uint8Array => {
  switch (end._tag) {
    case "returned":
      return Values.encode(end.value)
    case "threw":
      return Values.encodeThrown(end.error)
    case "stopped":
    case "died":
      return Values.encodeThrown(new Error("it was stopped"))
  }
}
