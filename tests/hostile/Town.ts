/** A whole cluster in this process, with its network open to whoever wants to come and misbehave. */
import { MemoryNetwork, MemoryTransport } from "@scaler-ts/adapter-memory"
import { Client, type ClientOptions } from "@scaler-ts/future"
import {
  clientOverWire,
  type Limits,
  Link,
  makeLimits,
  type Message,
  ProtocolError,
  schedulerPeer,
  type Transport,
  Wire,
  workerOverWire,
} from "@scaler-ts/protocol"
import { Loop } from "@scaler-ts/runtime"
import { Scheduler } from "@scaler-ts/scheduler"
import { inline, type TaskModules, Worker } from "@scaler-ts/worker"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

export interface Town {
  readonly client: Client
  readonly scheduler: Scheduler.Scheduler
  readonly workers: ReadonlyArray<Worker.Worker>
  /** Somebody new on the network, under a name of its own. */
  readonly stranger: (name: string) => Stranger
  readonly network: MemoryNetwork.MemoryNetwork
}

export interface TownOptions extends Omit<ClientOptions, "limits"> {
  readonly tasks: TaskModules
  readonly workers?: number
  /** For everybody. 0 unless told otherwise: who is dropped is gone. */
  readonly resumeMs?: number
  /** Who has which limits. */
  readonly limits?: Partial<Record<"client" | "scheduler" | "worker", Partial<Limits>>>
}

/** A peer that is driven by hand, and sends whatever it likes. */
export class Stranger {
  /** What the scheduler has said to it, and `gone` when it is dropped. */
  readonly heard: Array<Message.SchedulerToClient | Message.SchedulerToWorker | "gone"> = []
  private readonly transport: Transport
  private readonly link: Link<Message.ToScheduler, Message.SchedulerToClient>

  constructor(transport: Transport, loop: Loop.Loop) {
    this.transport = transport
    const hears: Wire.Direction<Message.SchedulerToClient> = {
      name: "anybody",
      tags: { ...Wire.toClient.tags, ...Wire.toWorker.tags, ...Wire.toOperator.tags },
    }
    this.link = new Link(transport, loop.defer, schedulerPeer, hears)
    transport.listen({
      frame: (_, bytes) => {
        const messages = this.link.receive(bytes)
        if (messages instanceof ProtocolError) throw messages
        this.heard.push(...messages)
      },
      gone: () => this.heard.push("gone"),
      writable: () => this.link.writable(),
    })
  }

  /** Sends bytes as they are. */
  throws(bytes: Uint8Array): void {
    this.transport.send(schedulerPeer, bytes)
  }

  /** Sends messages as the protocol has it. */
  says(...messages: ReadonlyArray<Message.ToScheduler>): void {
    for (const message of messages) this.link.send(message)
  }

  heardOf<Tag extends Message.Message["_tag"]>(tag: Tag) {
    return this.heard.filter(
      (message): message is Extract<typeof message, { readonly _tag: Tag }> =>
        message !== "gone" && message._tag === tag,
    )
  }

  get isGone(): boolean {
    return this.heard.at(-1) === "gone"
  }
}

export const make = (options: TownOptions): Effect.Effect<Town, never, Scope.Scope> =>
  Effect.gen(function* () {
    const { limits = {}, resumeMs = 0, tasks } = options
    const loop = yield* Loop.make
    const network = yield* MemoryNetwork.make()
    const hub = yield* MemoryTransport.make(network, schedulerPeer)
    const scheduler = yield* Scheduler.make(hub, {
      limits: limits.scheduler ?? {},
      resumeMs,
      silenceMs: Infinity,
    })
    const workers: Array<Worker.Worker> = []
    for (let number = 1; number <= (options.workers ?? 1); number++) {
      const name = `worker-${number}`
      const transport = yield* MemoryTransport.make(network, name)
      const own = makeLimits(limits.worker)
      const session = workerOverWire(transport, loop, schedulerPeer, {
        limits: own,
        resumeMs,
        silenceMs: Infinity,
      })
      workers.push(yield* Worker.make(session, { name, tasks, executor: inline(), limits: own }))
    }
    const transport = yield* MemoryTransport.make(network, "client")
    const own = makeLimits(limits.client)
    const session = clientOverWire(transport, loop, schedulerPeer, {
      limits: own,
      resumeMs,
      silenceMs: Infinity,
    })
    const client = yield* Client.make(session, { ...options, limits: own })
    const stranger = (name: string): Stranger => new Stranger(network.join(name), loop)
    return { client, scheduler, workers, stranger, network }
  }).pipe(Effect.orDie)
