/** A whole cluster in a world: real clients, a real scheduler, real workers, each on a node of its own. */
import { World, type WorldNode } from "@scaler-ts/adapter-memory"
import { Client } from "@scaler-ts/future"
import { Operator } from "@scaler-ts/operator"
import {
  clientOverWire,
  operatorOverWire,
  schedulerPeer,
  workerOverWire,
} from "@scaler-ts/protocol"
import type { AnyTask } from "@scaler-ts/protocol/tasks"
import { Loop } from "@scaler-ts/runtime"
import { Scheduler, type Status } from "@scaler-ts/scheduler"
import { type TaskModules, Worker } from "@scaler-ts/worker"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import type { ClusterOptions } from "./ClusterOptions.ts"
import { budgetsOf } from "./faults.ts"
import { jobExecutor } from "./JobExecutor.ts"
import { clientNames, workerNames } from "./names.ts"
import { isStarted, type Part, started, valueOf } from "./Part.ts"
import { ordering } from "./ordering.ts"
import { Record } from "./Record.ts"
import { harmedIn, nothingKnown, recoveryOf, type Rest, stoppedIn, standingOf } from "./Rest.ts"

export type { ClusterOptions } from "./ClusterOptions.ts"

const cancelBoundMsDefault = 30_000

export class Cluster {
  readonly world: World
  readonly record: Record
  /** The jobs there are, by name: the workers look them up here. */
  readonly jobs: Map<string, AnyTask> = new Map()
  /** The nodes of which something was held up. */
  private readonly heldUp = new Set<string>()
  readonly clientNodes: ReadonlyArray<WorldNode>
  readonly workerNodes: ReadonlyArray<WorldNode>
  private readonly schedulerNode: WorldNode
  private readonly options: ClusterOptions
  private scheduler: Part<Scheduler.Scheduler>
  private readonly workers: Array<Part<Worker.Worker>>
  private readonly clients: ReadonlyArray<Part<Client>>
  private readonly operators: ReadonlyArray<Part<Operator>>

  /** `faultsMax`: how much may go wrong in all. */
  constructor(options: ClusterOptions, faultsMax: number = Infinity) {
    const { earlyTimers = 0, seed = "race", clients = 1, workers = 1 } = options
    this.options = options
    const { backgroundTimers = 0 } = options
    this.world = new World({
      earlyTimers,
      backgroundTimers,
      seed,
      faults: budgetsOf(options),
      faultsMax,
    })
    this.record = new Record(this.world)
    for (const task of ownTasks(options.tasks)) this.jobs.set(task.name, task)
    this.schedulerNode = this.world.join(schedulerPeer)
    this.workerNodes = workerNames(workers).map((n) => this.world.join(n))
    this.clientNodes = clientNames(clients).map((n) => this.world.join(n))
    this.scheduler = started(this.schedulerNode, this.newScheduler)
    this.workers = this.workerNodes.map((node) => started(node, this.worker))
    this.clients = this.clientNodes.map((node) => started(node, this.client))
    const desks = options.operator === true ? [this.world.join("operator")] : []
    this.operators = desks.map((node) => started(node, this.operator))
    this.startAgain()
    if (options.handshake === true) this.world.wake()
    else this.world.settle()
  }

  /** Keeps what is on its way from arriving. A session may not live to see it go on. */
  hold(from: string, to: string): void {
    for (const name of [from, to]) this.heldUp.add(name)
    this.world.hold(from, to)
  }

  /** The client of a node, as an effect that waits until it is connected. */
  clientOf(index: number): Effect.Effect<Client> {
    const part = this.clients[index]
    if (part === undefined) {
      return Effect.die(
        new RangeError(`there is no client ${index + 1}; the race has ${this.clients.length}`),
      )
    }
    return Effect.orDie(Fiber.join(part.fiber))
  }

  /** The operator and its node. */
  get operating(): { readonly node: WorldNode; readonly operator: Effect.Effect<Operator> } {
    const [part] = this.operators
    if (part === undefined) {
      throw new TypeError("the race has no operator; give it { operator: true }")
    }
    return { node: part.node, operator: Effect.orDie(Fiber.join(part.fiber)) }
  }

  /** Does something at the scheduler. */
  atScheduler<A>(use: (scheduler: Scheduler.Scheduler) => A): A {
    const scheduler = valueOf(this.scheduler.fiber)
    return this.world.actAt(this.schedulerNode, () => use(scheduler))
  }

  /** What the scheduler says of itself; the step that looks depends on it. */
  lookAtScheduler(): Status {
    this.world.lookAt([this.schedulerNode])
    return valueOf(this.scheduler.fiber).status()
  }

  rest(): Rest {
    // A scheduler that stops ends the sessions of clients, too.
    const dismissed = this.record.isStopping ? this.clientNodes : []
    const isHeldUp = this.heldUp.size > 0
    return {
      policy: this.options.policy ?? "cancel-wins",
      ...recoveryOf(this.options),
      slots: this.options.slots ?? 1,
      prefetch: this.options.prefetch ?? 0,
      bounds: this.bounds,
      ...standingOf(
        this.schedulerNode.alive ? valueOf(this.scheduler.fiber).status() : nothingKnown,
      ),
      workers: this.workers.flatMap(({ node, fiber }) =>
        node.alive && isStarted(fiber)
          ? [{ name: node.name, ...valueOf(fiber).status().attempts }]
          : [],
      ),
      clients: this.clients.flatMap(({ node, fiber }) =>
        node.alive && isStarted(fiber) ? [Effect.runSync(valueOf(fiber).status)] : [],
      ),
      gone: new Set(this.world.all.flatMap(({ name, alive }) => (alive ? [] : [name]))),
      lives: new Map(this.world.all.map(({ name, alive, life }) => [name, alive ? life : 0])),
      held: stoppedIn(this.world),
      harmed: harmedIn(this.world, this.options, isHeldUp, dismissed),
      isReliable: this.world.weather.harmedBy("message").size === 0,
      paused: this.world.weather.harmedBy("freeze"),
    }
  }

  /** Closes clients, workers and scheduler, in this order, and lets each finish. Says what is left. */
  close(): string | undefined {
    for (const part of [...this.clients, ...this.operators, ...this.workers, this.scheduler]) {
      if (!part.node.alive) continue
      if (part.node.frozen) this.world.weather.thaw(part.node.name)
      const closing = part.node.run(Scope.close(part.scope, Exit.void))
      this.world.runToRest()
      if (closing.pollUnsafe() === undefined) return `${part.node.name} never closes`
    }
    const busy = this.world.all.find(({ alive, timerCount }) => alive && timerCount > 0)
    return busy === undefined ? undefined : `${busy.name} left ${busy.timerCount} timers behind`
  }

  /** Says how nodes start again: with the same options, and nothing of what they knew. */
  private startAgain(): void {
    const { weather } = this.world
    weather.onRestart(schedulerPeer, () => {
      this.scheduler = started(this.schedulerNode, this.newScheduler)
    })
    for (const [index, node] of this.workerNodes.entries()) {
      weather.onRestart(node.name, () => {
        // It says which jobs there are, and scripts make them.
        this.world.lookAt(this.clientNodes)
        this.workers[index] = started(node, this.worker)
      })
    }
  }

  private get sessions(): { readonly resumeMs: number; readonly silenceMs: number } {
    const { resumeMs = 0, silenceMs = Infinity } = this.options
    return { resumeMs, silenceMs }
  }

  private get bounds(): Rest["bounds"] {
    const { clientTasksMax = 100_000, tasksMax = 1_000_000, childrenMax = 10_000 } = this.options
    return { clientTasksMax, tasksMax, childrenMax }
  }

  private readonly newScheduler = ({
    transport,
  }: WorldNode): Effect.Effect<Scheduler.Scheduler, unknown, Scope.Scope> => {
    const { tombstonesMax = 10_000, keptEndsMax = 10_000, recoverMs = 0 } = this.options
    const { childrenMax: _, ...bounds } = this.bounds
    return Scheduler.make(transport, {
      ...this.sessions,
      ...bounds,
      tombstonesMax,
      keptEndsMax,
      recoverMs,
    })
  }

  private readonly worker = (
    node: WorldNode,
  ): Effect.Effect<Worker.Worker, unknown, Scope.Scope> => {
    const { slots = 1, prefetch = 0, canKill = true, graceMs, executor } = this.options
    const { capabilities = {} } = this.options
    return Effect.flatMap(Loop.make, (loop) => {
      const session = workerOverWire(node.transport, loop, schedulerPeer, this.sessions)
      const runs = executor ?? jobExecutor(node, { ...this.bounds, slots, canKill })
      const watched = this.record.watching(node, session, runs)
      return Worker.make(watched.session, {
        name: node.name,
        tasks: this.jobs,
        executor: watched.executor,
        prefetch,
        capabilities,
        rejoinMs: this.options.rejoinMs ?? 0,
        ...(graceMs === undefined ? {} : { graceMs }),
      })
    })
  }

  private readonly operator = (node: WorldNode): Effect.Effect<Operator, unknown, Scope.Scope> =>
    Effect.flatMap(Loop.make, (loop) => {
      const { silenceMs } = this.sessions
      const session = operatorOverWire(node.transport, loop, schedulerPeer, { silenceMs })
      return Operator.make(ordering(this.record, session))
    })

  private readonly client = (node: WorldNode): Effect.Effect<Client, unknown, Scope.Scope> => {
    const { policy = "cancel-wins", cancelBoundMs = cancelBoundMsDefault } = this.options
    const { onSchedulerLost = "fail", rejoinMs = 0 } = this.options
    const rules = { policy, cancelBoundMs, onSchedulerLost, rejoinMs }
    return Effect.flatMap(Loop.make, (loop) => {
      const session = clientOverWire(node.transport, loop, schedulerPeer, this.sessions)
      const observer = this.record.observer(node.name)
      const tagged = this.record.tagging(node.name, session)
      return Client.make(tagged, { ...rules, observer })
    })
  }
}

const ownTasks = (tasks: TaskModules | undefined): ReadonlyArray<AnyTask> => {
  if (tasks === undefined) return []
  if (tasks instanceof Map) return [...tasks.values()]
  const modules = Array.isArray(tasks) ? tasks : [tasks]
  return modules.flatMap((module) => Object.values(module) as ReadonlyArray<AnyTask>)
}
