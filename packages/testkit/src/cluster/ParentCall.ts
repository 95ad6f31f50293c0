/** One call of a job that has children: an Effect with a client of its own, as a thread or process would run it. */
import type { WorldNode } from "@scaler-ts/adapter-memory"
import {
  childrenMax,
  type Message,
  Nesting,
  nestingKey,
  type NestingOutlet,
} from "@scaler-ts/protocol"
import type { TaskContext } from "@scaler-ts/protocol/tasks"
import * as Cause from "effect/Cause"
import type * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import type { JobEnd, ScriptedJob } from "./Job.ts"

/** What the call needs of its executor. */
export interface ParentHost extends NestingOutlet {
  readonly node: WorldNode
  readonly fork: <A, E>(effect: Effect.Effect<A, E>) => Fiber.Fiber<A, E>
  readonly done: (end: JobEnd<unknown>) => void
  /** How many children it may have unfinished. */
  readonly childrenMax: number
}

export class ParentCall {
  private readonly label: string
  private readonly host: ParentHost
  private readonly nesting: Nesting
  private readonly job: ScriptedJob<unknown>
  private fiber: Fiber.Fiber<unknown, unknown> | undefined
  private asked = false
  private isOver = false
  private withdrawExit: () => void = () => {}

  constructor(job: ScriptedJob<unknown>, host: ParentHost) {
    const { node } = host
    this.label = `${job.name} on ${node.name} #${node.nextNumber()}`
    this.job = job
    this.host = host
    this.nesting = new Nesting(host, { ...childrenMax, tasks: host.childrenMax })
    // Not on the stack of the worker's loop.
    node.later(() => this.begin())
  }

  private begin(): void {
    if (this.isOver) return
    if (this.asked) return this.end({ _tag: "stopped" })
    const context = { [nestingKey]: this.nesting } as unknown as TaskContext
    const called = this.job.run(undefined, context) as unknown as Effect.Effect<unknown, unknown>
    this.fiber = this.host.fork(called)
    this.fiber.addObserver((exit) => this.end(this.endOf(exit)))
  }

  /** It logs nothing. */
  hold(): void {}

  release(): void {}

  tellChild(message: Message.ToSubmitter): void {
    this.nesting.hear(message)
  }

  interrupt(): void {
    this.asked = true
    this.fiber?.interruptUnsafe()
  }

  /** What runs it is being ended: it exits, unless it is faster. */
  kill(): void {
    if (this.isOver) return
    this.withdrawExit = this.host.node.offer(`${this.label} exits`, () =>
      this.end({ _tag: "died" }),
    )
  }

  /** It ends without anybody being told. */
  close(_as?: "finished" | "stopped"): void {
    if (this.isOver) return
    this.isOver = true
    this.withdrawExit()
    this.nesting.end("what ran the task that submitted it is gone")
    this.fiber?.interruptUnsafe()
  }

  private end(end: JobEnd<unknown>): void {
    if (this.isOver) return
    this.close()
    this.host.done(end)
  }

  private endOf(exit: Exit.Exit<unknown, unknown>): JobEnd<unknown> {
    if (Exit.isSuccess(exit)) return { _tag: "returned", value: exit.value }
    if (this.asked && Cause.hasInterruptsOnly(exit.cause)) return { _tag: "stopped" }
    return {
      _tag: "threw",
      error: new Error("a child has failed", { cause: Cause.squash(exit.cause) }),
    }
  }
}
