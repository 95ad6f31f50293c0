/** What the body of a race is given, and how it is run: one step per `yield*`, when the explorer says so. */
import type { Partition, WorldNode } from "@scaler-ts/adapter-memory"
import { Client, type Future } from "@scaler-ts/future"
import type { Operator } from "@scaler-ts/operator"
import { schedulerPeer, Values } from "@scaler-ts/protocol"
import type { Status } from "@scaler-ts/scheduler"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import { AmbientCall } from "../internal/ambient.ts"
import type { Cluster } from "./Cluster.ts"
import { driven, type Progress } from "./driven.ts"
import { checkedJob, type Job, type JobOptions, ScriptedJob } from "./Job.ts"
import type { Violation } from "./guarantees.ts"

/** Effects in the order they are to be carried out; each `yield*` is one step, and anything may happen before it. */
export type RaceBody<A = unknown> = (
  race: RaceContext,
) => Generator<Effect.Effect<unknown, unknown, Client>, A, never>

export interface RaceContext {
  /** The real client, over the world's network. */
  readonly client: Client
  readonly submit: Client["submit"]
  readonly call: Client["call"]
  /** A task that does nothing but what the explorer decides. Names are given once. */
  readonly job: {
    (name: string, options?: JobOptions<void>): Job
    <A>(name: string, options: JobOptions<A> & { readonly value: A }): Job<A>
  }
  /**
   * Starts another script on this client, or on another one, and succeeds with its fiber. The steps of
   * scripts happen in every order.
   */
  readonly fork: <A>(
    name: string,
    body: RaceBody<A>,
    options?: ForkOptions,
  ) => Effect.Effect<Fiber.Fiber<A, unknown>>
  /** Starts a script on the operator's node, where there is one, and succeeds with its fiber. */
  readonly operate: <A>(
    name: string,
    body: (operator: Operator) => Generator<Effect.Effect<unknown, unknown>, A, never>,
  ) => Effect.Effect<Fiber.Fiber<A, unknown>>
  readonly world: WorldControl
  /** Fails the race when the condition does not hold. */
  readonly always: (condition: boolean, why?: string) => void
  /** Fails the race when the condition holds. */
  readonly never: (condition: boolean, why?: string) => void
  /** Fails the race when the condition holds in none of its executions, so that a green run is not an empty one. */
  readonly sometimes: (what: string, condition: boolean) => void
}

export interface ForkOptions {
  /** Which client the script is run on, from 1. The one that forks it unless told otherwise. */
  readonly client?: number
}

/** What a script may do to the cluster. Each is part of the step that yields it. */
export interface WorldControl {
  /**
   * Cuts the connection of a client or a worker to the scheduler, and what is in flight with it; both
   * ends are told. It is for good, unless the race has a `resumeMs`: then they connect anew.
   */
  readonly cut: (node: string) => Effect.Effect<void>
  /** Ends a node without a word: it does nothing any more, and its peers see it gone. */
  readonly crash: (node: string) => Effect.Effect<void>
  /** Starts a worker or the scheduler again after a crash: it remembers nothing. */
  readonly restart: (node: string) => Effect.Effect<void>
  /**
   * Loses what a node and the scheduler send each other from now on, or what is sent one way, such as
   * `"worker-1>scheduler"`, and tells nobody until `heal`.
   */
  readonly partition: (between: string) => Effect.Effect<void>
  /** Ends a partition of a node: what it had with the scheduler is over, and both ends are told. */
  readonly heal: (node: string) => Effect.Effect<void>
  /** Lets a node stand still until `thaw`: it stays connected, and its clock goes on. */
  readonly freeze: (node: string) => Effect.Effect<void>
  readonly thaw: (node: string) => Effect.Effect<void>
  /** Keeps messages from arriving, such as those of `"worker-1>scheduler"`, until `release`. */
  readonly hold: (link: `${string}>${string}`) => Effect.Effect<void>
  readonly release: (link: `${string}>${string}`) => Effect.Effect<void>
  /** Asks the scheduler to take a task back that has not started, to be placed anew. */
  readonly recall: (future: Future.Future<unknown>) => Effect.Effect<void>
  /** Lets a worker finish what it holds, for at most so many milliseconds, and leave. */
  readonly drain: (worker: string, boundMs: number) => Effect.Effect<void>
  /** What the scheduler says of itself. */
  readonly status: Effect.Effect<Status>
}

/** What an execution collects from its scripts. */
export interface Findings {
  readonly violations: Array<Violation>
  /** What `sometimes` was asked about, and whether it held. */
  readonly sometimes: Map<string, boolean>
}

/** A script that has been started. */
export interface Script extends Progress {
  readonly fiber: Fiber.Fiber<unknown, unknown>
}

export class Race {
  readonly scripts: Array<Script> = []
  readonly findings: Findings = { violations: [], sometimes: new Map() }
  private readonly cluster: Cluster

  constructor(cluster: Cluster) {
    this.cluster = cluster
  }

  /** Starts a script on a client's node. Its first step can happen once the client is connected. */
  start<A>(name: string, body: RaceBody<A>, index: number): Fiber.Fiber<A, unknown> {
    const { cluster } = this
    const node = cluster.clientNodes[index]
    if (node === undefined) {
      throw new RangeError(
        `there is no client ${index + 1}; the race has ${cluster.clientNodes.length}`,
      )
    }
    return this.run(name, node, (script) =>
      Effect.flatMap(cluster.clientOf(index), (client) =>
        Effect.provideService(
          driven(script, node, cluster.record, () => body(this.context(client, index))),
          Client,
          client,
        ),
      ),
    )
  }

  private run<A>(
    name: string,
    node: WorldNode,
    effectOf: (script: Progress) => Effect.Effect<A, unknown>,
  ): Fiber.Fiber<A, unknown> {
    if (this.scripts.some((one) => one.name === name)) {
      throw new RangeError(`there is a script "${name}" already; give each fork its own name`)
    }
    const script: Progress = { name, node, doing: "starts", steps: 0 }
    const fiber = node.run(effectOf(script))
    this.scripts.push(Object.assign(script, { fiber }))
    fiber.addObserver((exit) => this.over(name, exit, fiber.id))
    return fiber
  }

  private over(name: string, exit: Exit.Exit<unknown, unknown>, fiberId: number): void {
    if (Exit.isSuccess(exit)) return
    const reasons = exit.cause.reasons.map((reason) =>
      reason._tag === "Fail" ? reason.error : reason._tag === "Die" ? reason.defect : undefined,
    )
    const [error] = reasons.filter((reason) => reason !== undefined)
    if (error === undefined) {
      // To be interrupted by another script is part of a race; one that ends itself has proved nothing.
      const isOwn = exit.cause.reasons.some(
        (one) => one._tag === "Interrupt" && one.fiberId === fiberId,
      )
      if (isOwn) this.fail("body", `${name} interrupted itself`)
      return
    }
    const guarantee = error instanceof AmbientCall ? "ambient" : "body"
    this.fail(guarantee, `${name} failed: ${Values.shown(error)}`)
  }

  private fail(guarantee: string, what: string): void {
    this.findings.violations.push({ guarantee, what, step: this.cluster.world.step })
  }

  private context(client: Client, index: number): RaceContext {
    return {
      client,
      submit: client.submit,
      call: client.call,
      job: <A>(name: string, options: JobOptions<A> = {}): Job<A> => this.job(name, options),
      fork: (name, body, options = {}) =>
        Effect.sync(() => this.start(name, body, (options.client ?? index + 1) - 1)),
      operate: (name, body) =>
        Effect.sync(() => {
          const { operating, record } = this.cluster
          const { node, operator } = operating
          return this.run(name, node, (script) =>
            Effect.flatMap(operator, (its) => driven(script, node, record, () => body(its))),
          )
        }),
      world: this.control(),
      always: (condition, why = "what must always hold did not") => {
        if (!condition) this.fail("always", why)
      },
      never: (condition, why = "what must never hold did") => {
        if (condition) this.fail("never", why)
      },
      sometimes: (what, condition) => {
        const { sometimes } = this.findings
        sometimes.set(what, condition || sometimes.get(what) === true)
      },
    }
  }

  private job<A>(name: string, options: JobOptions<A>): Job<A> {
    if (typeof name !== "string" || name === "") throw new TypeError("give each job a name")
    const { jobs, record, world, workerNodes } = this.cluster
    if (jobs.has(name))
      throw new Error(`there is a job or task "${name}" already; give each its own name`)
    const job = new ScriptedJob(name, checkedJob(name, options), world, record, workerNodes)
    jobs.set(name, job)
    return job
  }

  private control(): WorldControl {
    const { cluster } = this
    const { world } = cluster
    const ends = (link: string): readonly [string, string] => {
      const [from = "", to = ""] = link.split(">")
      return [world.node(from).name, world.node(to).name]
    }
    const parted = (between: string): Partition => {
      if (!between.includes(">")) {
        return { one: world.node(between).name, other: schedulerPeer, bothWays: true }
      }
      const [one, other] = ends(between)
      return { one, other, bothWays: false }
    }
    return {
      cut: (node) => Effect.sync(() => world.cut(node, schedulerPeer)),
      crash: (node) => Effect.sync(() => world.crash(node)),
      restart: (node) => Effect.sync(() => world.weather.restart(node)),
      partition: (between) => Effect.sync(() => world.weather.partition(parted(between))),
      heal: (node) => Effect.sync(() => world.weather.heal(world.node(node).name, schedulerPeer)),
      freeze: (node) => Effect.sync(() => world.weather.freeze(node)),
      thaw: (node) => Effect.sync(() => world.weather.thaw(node)),
      hold: (link) => Effect.sync(() => cluster.hold(...ends(link))),
      release: (link) => Effect.sync(() => world.release(...ends(link))),
      recall: (future) =>
        Effect.sync(() =>
          cluster.atScheduler((scheduler) =>
            scheduler.recall(cluster.record.clientOf(future) ?? "", future.number),
          ),
        ),
      drain: (worker, boundMs) =>
        Effect.sync(() =>
          cluster.atScheduler((scheduler) => scheduler.drainWorker(worker, boundMs)),
        ),
      status: Effect.sync(() => cluster.lookAtScheduler()),
    }
  }
}
