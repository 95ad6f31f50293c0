/** A real scheduler, real workers and real clients, each on a transport of the adapter in question. */
import { Client, type ClientOptions } from "@scaler-ts/future"
import {
  type ClientSession,
  clientOverWire,
  type PeerId,
  schedulerPeer,
  type Transport,
  workerOverWire,
} from "@scaler-ts/protocol"
import { Loop } from "@scaler-ts/runtime"
import { Scheduler } from "@scaler-ts/scheduler"
import { inline, Worker } from "@scaler-ts/worker"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import type { Peers } from "../Peers.ts"
import { Gate } from "./Gate.ts"
import { Script } from "./Script.ts"
import { Stranger } from "./Stranger.ts"

export interface WorkerSettings {
  /** 1 unless told otherwise. */
  readonly slots?: number
  /** 0 unless told otherwise. */
  readonly prefetch?: number
  /** As long as a test may take unless told otherwise, in milliseconds. */
  readonly graceMs?: number
}

export interface ClientSettings extends Pick<ClientOptions, "policy" | "cancelBoundMs"> {
  /** Puts something between the client and its session. */
  readonly between?: (session: ClientSession) => ClientSession
  /** Stands between the client's session and its transport. */
  readonly gate?: Gate
  /** As the scheduler's unless told otherwise. */
  readonly resumeMs?: number
}

export interface AssemblySettings {
  /**
   * How long sessions outlive their connections. 0 unless told otherwise: the end of a process is to
   * show at once, and not only when nobody can come back any more.
   */
  readonly resumeMs?: number
}

/** Whoever takes part: what it is, the transport it has, and the end of it. */
export interface Part<A> {
  readonly it: A
  readonly transport: Transport
  /** Closes its scope, then its transport. */
  readonly close: Effect.Effect<void>
}

/** A bound that no test reaches: what waits for it never comes true. */
export const longerThanAnyTestMs = 600_000

/** Who is silent in a test is so for a reason. */
const silenceMs = Infinity

export class Assembly {
  readonly script: Script = new Script()
  readonly peers: Peers
  readonly hub: Transport
  readonly scheduler: Scheduler.Scheduler
  private readonly loop: Loop.Loop
  private readonly scope: Scope.Scope
  private readonly resumeMs: number

  private constructor(
    peers: Peers,
    parts: { hub: Transport; scheduler: Scheduler.Scheduler; loop: Loop.Loop; scope: Scope.Scope },
    resumeMs: number,
  ) {
    this.peers = peers
    this.hub = parts.hub
    this.scheduler = parts.scheduler
    this.loop = parts.loop
    this.scope = parts.scope
    this.resumeMs = resumeMs
  }

  /** A scheduler with nobody at it, for the life of the scope; at its end every task is let go first. */
  static make(
    peers: Peers,
    { resumeMs = 0 }: AssemblySettings = {},
  ): Effect.Effect<Assembly, unknown, Scope.Scope> {
    return Effect.gen(function* () {
      const loop = yield* Loop.make
      const hub = yield* peers.transport(schedulerPeer)
      const scheduler = yield* Scheduler.make(hub, { resumeMs, silenceMs })
      const scope = yield* Scope.make()
      const made = new Assembly(peers, { hub, scheduler, loop, scope }, resumeMs)
      yield* Effect.addFinalizer(() =>
        Effect.andThen(
          Effect.sync(() => made.script.finishAll()),
          Scope.close(scope, Exit.void),
        ),
      )
      return made
    })
  }

  worker(name: string, settings: WorkerSettings = {}): Effect.Effect<Part<Worker.Worker>, unknown> {
    const { slots = 1, prefetch = 0, graceMs = this.peers.waitMs } = settings
    const { resumeMs } = this
    return this.part(name, (transport) => {
      const session = workerOverWire(transport, this.loop, schedulerPeer, { resumeMs, silenceMs })
      const executor = inline({ slots })
      const connectMs = this.peers.waitMs
      const tasks = { ...this.script.tasks }
      return Worker.make(session, {
        name,
        tasks,
        executor,
        prefetch,
        graceMs,
        connectMs,
        rejoinMs: 0,
      })
    })
  }

  client(name: PeerId, settings: ClientSettings = {}): Effect.Effect<Part<Client>, unknown> {
    const {
      between = (session) => session,
      gate = new Gate(),
      resumeMs = this.resumeMs,
      ...options
    } = settings
    return this.part(name, (transport) => {
      const gated = gate.over(transport)
      const session = between(
        clientOverWire(gated, this.loop, schedulerPeer, { resumeMs, silenceMs }),
      )
      const connectMs = this.peers.waitMs
      return Client.make(session, { cancelBoundMs: connectMs, connectMs, ...options })
    })
  }

  /** Somebody who says whatever the test likes, and listens. */
  stranger(name: PeerId): Effect.Effect<Stranger, unknown> {
    return Effect.map(this.mute(name), (stranger) => stranger.listen())
  }

  /** A stranger who does not listen. */
  mute(name: PeerId): Effect.Effect<Stranger, unknown> {
    return Effect.map(
      this.peers.transport(name),
      (transport) => new Stranger(transport, this.loop.defer),
    )
  }

  crash(part: { readonly transport: Transport }): Effect.Effect<void, unknown> {
    return this.peers.crash(part.transport)
  }

  /** Breaks the connection of somebody to the scheduler. */
  cut(part: { readonly transport: Transport }): Effect.Effect<void, unknown> {
    return this.peers.cut(part.transport.self, this.hub.self)
  }

  until(what: string, holds: () => boolean): Effect.Effect<void, Error> {
    return this.peers.until(what, holds)
  }

  /** Waits until all of this has been recorded of the tasks' functions. */
  recorded(...entries: ReadonlyArray<string>): Effect.Effect<void, Error> {
    return this.until(`recorded: ${entries.join(", ")}`, () => {
      return entries.every((entry) => this.script.has(entry))
    })
  }

  /** Waits until the scheduler holds no task and no slot is taken. */
  get rest(): Effect.Effect<void, Error> {
    return this.until("the scheduler holds nothing", () => {
      const { tasks, workers } = this.scheduler.status()
      return (
        Object.values(tasks).every((count) => count === 0) &&
        workers.every(({ held }) => held === 0)
      )
    })
  }

  private part<A, E>(
    name: PeerId,
    make: (transport: Transport) => Effect.Effect<A, E, Scope.Scope>,
  ): Effect.Effect<Part<A>, unknown> {
    return Effect.gen({ self: this }, function* () {
      const scope = yield* Scope.fork(this.scope)
      const transport = yield* Scope.provide(
        Effect.acquireRelease(this.peers.transport(name), (one) => Effect.sync(() => one.close())),
        scope,
      )
      const it = yield* Scope.provide(make(transport), scope)
      return { it, transport, close: Scope.close(scope, Exit.void) }
    })
  }
}
