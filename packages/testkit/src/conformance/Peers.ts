/** The peers of one conformance test: what each was told, and whether it was told in time. */
import { type PeerId, schedulerPeer, type Transport } from "@scaler-ts/protocol"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { numberOf, textOf } from "./frames.ts"
import type { ConformanceNetwork } from "./Suite.ts"

/** Whoever has such a name asks the hub for echoes, and what it says and hears counts for nothing. */
const witnessName = "witness"

/** A peer, and everything its transport told it. */
export class Peer {
  /** `a 7`: frame 7 of `a`; `a gone`; in the order it was told. */
  readonly told: Array<string> = []
  /** The frames that were handed over, in order. */
  readonly frames: Array<{ readonly from: PeerId; readonly bytes: Uint8Array }> = []
  /** For whom its outbox was said to be writable, in order. */
  readonly writable: Array<PeerId> = []
  /** Why others were gone, in order. */
  readonly reasons: Array<string> = []
  readonly transport: Transport

  constructor(transport: Transport) {
    this.transport = transport
  }

  get name(): PeerId {
    return this.transport.self
  }

  /** Begins to listen; `onFrame` is called when a frame has been recorded. */
  listen(onFrame: (from: PeerId, bytes: Uint8Array) => void = () => {}): this {
    this.transport.listen({
      frame: (from, bytes) => {
        if (from.startsWith(witnessName)) return void this.transport.send(from, bytes)
        this.told.push(`${from} ${textOf(bytes)}`)
        this.frames.push({ from, bytes })
        onFrame(from, bytes)
      },
      gone: (peer, reason) => {
        if (peer.startsWith(witnessName)) return
        this.told.push(`${peer} gone`)
        this.reasons.push(reason)
      },
      writable: (peer) => void this.writable.push(peer),
    })
    return this
  }

  /** The numbers of the frames of one peer, in the order they arrived. */
  numbersFrom(peer: PeerId): ReadonlyArray<number> {
    return this.frames.filter(({ from }) => from === peer).map(({ bytes }) => numberOf(bytes))
  }

  /** Forgets what it was told. */
  clear(): void {
    this.told.length = 0
    this.frames.length = 0
    this.writable.length = 0
    this.reasons.length = 0
  }
}

export class Peers {
  /** What was told from inside a method of a transport, where nothing may be told. */
  readonly intrusions: Array<string> = []
  /** How long the test may take, in milliseconds. */
  readonly waitMs: number
  private readonly network: ConformanceNetwork
  /** When its time is over. */
  private readonly deadline: number
  /** The transports that have neither been closed by the test nor crashed. */
  private readonly joined = new Set<Transport>()
  /** The adapter's own transport of each that was handed out. */
  private readonly originals = new Map<Transport, Transport>()
  private readonly inside: Array<string> = []
  private witnesses = 0

  private constructor(network: ConformanceNetwork, waitMs: number, nowMs: number) {
    this.network = network
    this.waitMs = waitMs
    this.deadline = nowMs + waitMs
  }

  /** For the life of the scope; at its end whoever is still there is closed. */
  static make(
    network: ConformanceNetwork,
    waitMs: number,
  ): Effect.Effect<Peers, never, Scope.Scope> {
    return Effect.acquireRelease(
      Effect.map(Clock.currentTimeMillis, (nowMs) => new Peers(network, waitMs, nowMs)),
      (peers) =>
        Effect.sync(() => {
          for (const transport of peers.joined) transport.close()
        }),
    )
  }

  /** Somebody new, who does not listen yet. */
  join(name: PeerId): Effect.Effect<Peer, unknown> {
    return Effect.map(this.transport(name), (transport) => new Peer(transport))
  }

  /** A transport under this name, which notices when it is called back too early. */
  transport(name: PeerId): Effect.Effect<Transport, unknown> {
    return Effect.map(this.network.join(name), (transport) => {
      const watched = this.watched(transport)
      this.joined.add(watched)
      this.originals.set(watched, transport)
      return watched
    })
  }

  crash(transport: Transport): Effect.Effect<void, unknown> {
    return Effect.suspend(() => {
      this.joined.delete(transport)
      return this.network.crash(this.originals.get(transport) ?? transport)
    })
  }

  /** Breaks the connection of two who are both there. */
  cut(one: PeerId, other: PeerId): Effect.Effect<void, unknown> {
    const { cut } = this.network
    if (cut === undefined) return Effect.fail(new Error("this network cannot cut a connection"))
    return Effect.suspend(() => cut(one, other))
  }

  /** The hub, listening, and as many spokes as there are names; each has exchanged a frame with the hub, which is forgotten. */
  star(...names: ReadonlyArray<PeerId>): Effect.Effect<readonly [Peer, ...Array<Peer>], unknown> {
    return Effect.gen({ self: this }, function* () {
      const hub = (yield* this.join(schedulerPeer)).listen()
      const spokes: Array<Peer> = []
      for (const name of names) spokes.push(yield* this.spoke(hub, name))
      return [hub, ...spokes] as const
    })
  }

  /** A spoke that listens and has exchanged a frame with the hub, which is forgotten. */
  spoke(
    hub: Peer,
    name: PeerId,
    onFrame?: (from: PeerId, bytes: Uint8Array) => void,
  ): Effect.Effect<Peer, unknown> {
    return Effect.gen({ self: this }, function* () {
      const spoke = yield* this.join(name)
      let greeted = false
      spoke.listen((from, bytes) => {
        if (greeted) onFrame?.(from, bytes)
        greeted = true
      })
      spoke.transport.send(hub.name, new Uint8Array(4))
      yield* this.until(`the hub hears ${name}`, () => hub.numbersFrom(name).length > 0)
      hub.transport.send(name, new Uint8Array(4))
      yield* this.until(`${name} hears the hub`, () => spoke.frames.length > 0)
      hub.clear()
      spoke.clear()
      return spoke
    })
  }

  /** Goes on, turn by turn, until something holds; fails with its name when the test's time is over. */
  until(what: string, holds: () => boolean): Effect.Effect<void, Error> {
    return Effect.gen({ self: this }, function* () {
      while (!holds()) {
        if ((yield* Clock.currentTimeMillis) > this.deadline) {
          return yield* Effect.fail(new Error(`never came true: ${what}`))
        }
        yield* Effect.yieldNow
      }
    })
  }

  /**
   * Waits until two others have exchanged some frames through the hub, which has to listen. What was on
   * its way before has arrived by then, or will be late for a reason that no test can wait for.
   */
  readonly quiet: Effect.Effect<void, unknown> = Effect.gen({ self: this }, function* () {
    const witness = yield* this.join(`${witnessName}-${++this.witnesses}`)
    let echoes = 0
    witness.transport.listen({ frame: () => void echoes++, gone: () => {}, writable: () => {} })
    for (let trip = 1; trip <= echoesToRest; trip++) {
      witness.transport.send(schedulerPeer, new Uint8Array(4))
      yield* this.until(`echo ${trip} of the hub`, () => echoes >= trip)
    }
    witness.transport.close()
    this.joined.delete(witness.transport)
  })

  private watched(transport: Transport): Transport {
    const within = <A>(method: string, run: () => A): A => {
      this.inside.push(`${method} of ${transport.self}`)
      try {
        return run()
      } finally {
        this.inside.pop()
      }
    }
    const tell = (what: string, run: () => void): void => {
      const method = this.inside.at(-1)
      if (method !== undefined)
        this.intrusions.push(`${what} at ${transport.self} inside ${method}`)
      run()
    }
    return {
      self: transport.self,
      listen: (listener) =>
        within("listen", () =>
          transport.listen({
            frame: (from, bytes) => tell("frame", () => listener.frame(from, bytes)),
            gone: (peer, reason) => tell("gone", () => listener.gone(peer, reason)),
            writable: (peer) => tell("writable", () => listener.writable(peer)),
          }),
        ),
      send: (to, frame) => within("send", () => transport.send(to, frame)),
      disconnect: (peer) => within("disconnect", () => transport.disconnect(peer)),
      close: () => within("close", () => transport.close()),
    }
  }
}

/** More round trips than anything that is under way takes to come to rest. */
const echoesToRest = 10
