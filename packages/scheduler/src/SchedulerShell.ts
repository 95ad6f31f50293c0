/**
 * The scheduler's shell: hears frames, lets the steps decide, sends what they command.
 *
 * Plain callbacks between a transport and the tables; no fiber and no timer per task. Sends never
 * wait, so no peer can hold up the others (R27).
 */
import {
  FramesLost,
  Link,
  type Message,
  type PeerId,
  ProtocolError,
  Pulse,
  type Transport as TransportPort,
  Wire,
} from "@scaler-ts/protocol"
import type { Loop } from "@scaler-ts/runtime"
import * as Connection from "./Connection.ts"
import { refusalOf } from "./admit.ts"
import { Desk } from "./Desk.ts"
import { backlogWatch } from "./backlogWatch.ts"
import {
  againOf,
  askedTooMuch,
  echo,
  goesOn,
  isAway,
  newPeer,
  outletOf,
  type Peer,
  takeLeave,
} from "./Peer.ts"
import { noteLoad } from "./entries.ts"
import type { Settings } from "./SchedulerOptions.ts"
import { Tables } from "./Tables.ts"

export class Shell {
  readonly tables: Tables
  private readonly peers = new Map<PeerId, Peer>()
  private readonly transport: TransportPort
  private readonly loop: Loop.Loop
  private readonly settings: Settings
  private closed = false
  readonly desk: Desk
  /** Has nothing started of a client for which too much waits, until it has taken half of it. */
  private readonly watchBacklog: (peer: Peer) => void

  constructor(transport: TransportPort, loop: Loop.Loop, settings: Settings) {
    this.settings = settings
    this.transport = transport
    this.loop = loop
    this.watchBacklog = backlogWatch(loop, settings, (peer) => {
      if (this.peers.get(peer.id) !== peer) return
      this.desk.beginTurn()
      this.tables.setBehind(peer.id, peer.isBehind)
    })
    const say = (peer: PeerId, message: Message.FromScheduler): void =>
      this.peers.get(peer)?.link.send(message)
    this.desk = new Desk(loop, {
      tables: () => this.tables,
      tell: say,
      heardAtMs: (peer) => this.peers.get(peer)?.heardAtMs ?? 0,
      close: () => this.close(),
      tracing: settings.tracing,
    })
    this.tables = new Tables(
      {
        toClient: (id, message) => {
          const peer = this.peers.get(id)
          peer?.link.send(message)
          if (peer !== undefined) this.watchBacklog(peer)
        },
        toWorker: say,
        after: (delayMs, fire) =>
          loop.after(delayMs, () => {
            this.desk.beginTurn()
            fire()
            this.tables.placeAll()
          }),
        nowMs: loop.nowMs,
      },
      settings,
      this.desk,
    )
    transport.listen({
      frame: (from, bytes) => this.frame(this.peer(from), bytes),
      gone: (id) => {
        const peer = this.peers.get(id)
        this.desk.beginTurn()
        if (peer !== undefined) this.gone(peer)
        this.tables.placeAll()
      },
      writable: (id) => {
        const peer = this.peers.get(id)
        peer?.link.writable()
        if (peer !== undefined) loop.defer(() => this.watchBacklog(peer))
      },
    })
  }

  close(): void {
    if (this.closed) return
    this.closed = true
    this.desk.shutdown.end()
    for (const peer of this.peers.values()) takeLeave(peer, "the scheduler has stopped")
  }

  private peer(id: PeerId): Peer {
    const known = this.peers.get(id)
    if (known !== undefined) return known
    const link: Peer["link"] = new Link(
      outletOf(this.transport, () => this.part(peer)),
      this.loop.defer,
      id,
      Wire.toScheduler,
      {
        limits: this.settings.limits,
        resumes: this.settings.resumeMs > 0,
        isMeasured: true,
        overflowed: () => this.giveUp(peer),
        cameBack: (hello, bytes) => this.cameBack(peer, hello, bytes),
      },
    )
    // It asks us, so that we hear of it.
    const pulse = new Pulse(this.loop, this.settings.silenceMs, {
      ask: () => {},
      gone: (reason) => this.breakOff(peer, reason),
    })
    const peer = newPeer({ id, key: this.transport.keyOf?.(id) }, link, pulse)
    this.peers.set(id, peer)
    return peer
  }

  /** Its link has said its last word. Somebody else of that name may be here by now. */
  private part(peer: Peer): void {
    if (this.peers.get(peer.id) === peer) this.transport.disconnect(peer.id)
    this.forget(peer)
  }

  private frame(peer: Peer, bytes: Uint8Array): void {
    if (this.closed) return
    peer.heardAtMs = this.desk.beginTurn()
    peer.pulse.heard()
    const heard = peer.link.receive(bytes)
    if (heard instanceof FramesLost) this.breakOff(peer, heard.message)
    else if (heard instanceof ProtocolError) this.garbled(peer, heard)
    else for (const message of heard) this.apply(peer, { _tag: "Heard", message })
    if (peer.isBehind) this.watchBacklog(peer)
    this.tables.placeAll()
  }

  private garbled(peer: Peer, { message }: ProtocolError): void {
    const isBack = isAway(peer)
    if (isBack) this.giveUp(peer)
    // Who was away is told in the connection in which it came back.
    this.apply(isBack ? this.peer(peer.id) : peer, { _tag: "Garbled", reason: message })
  }

  private gone(peer: Peer): void {
    peer.pulse.stop()
    this.apply(peer, { _tag: "Gone", canResume: this.settings.resumeMs > 0 })
    if (peer.state === "ended") this.forget(peer)
  }

  /** Nothing more can come of this connection; the next one is the peer's to make. */
  private breakOff(peer: Peer, reason: string): void {
    this.desk.beginTurn()
    if (this.settings.resumeMs === 0 || peer.state === "new") {
      this.apply(peer, { _tag: "Garbled", reason })
    } else if (!isAway(peer)) {
      this.transport.disconnect(peer.id)
      this.gone(peer)
    }
    this.tables.placeAll()
  }

  private cameBack(peer: Peer, hello: Message.ToScheduler, bytes: Uint8Array): void {
    if (goesOn(peer, hello, this.transport)) return this.apply(peer, { _tag: "CameBack" })
    // Somebody else of that name: whoever had it before is not there any more.
    this.giveUp(peer)
    this.frame(this.peer(peer.id), bytes)
  }

  private giveUp(peer: Peer): void {
    this.desk.beginTurn()
    this.apply(peer, { _tag: "GivenUp" })
    this.forget(peer)
    this.tables.placeAll()
  }

  private forget(peer: Peer): void {
    peer.pulse.stop()
    peer.stopBound?.()
    peer.link.end()
    if (this.peers.get(peer.id) === peer) this.peers.delete(peer.id)
  }

  private apply(peer: Peer, event: Connection.Event): void {
    if (event._tag === "Heard") this.desk.count(event.message._tag)
    const { state, commands } = Connection.step(peer.state, event, (hello) => {
      const caller = { peer: peer.id, hello, transport: this.transport }
      return refusalOf(caller, this.settings.admission, this.tables)
    })
    peer.state = state
    for (const command of commands) this.carryOut(peer, command)
  }

  private carryOut(peer: Peer, command: Connection.Command): void {
    switch (command._tag) {
      case "WelcomeClient":
        this.welcome(peer, command.hello)
        return void this.tables.clients.open(peer.id, command.hello.session)
      case "WelcomeWorker":
        return this.welcomeWorker(peer, command.hello)
      case "WelcomeOperator":
        this.desk.operators.add(peer.id)
        return this.welcome(peer, command.hello)
      case "FromOperator":
        return this.unlessFine(peer, this.fromOperator(peer, command.message))
      case "LoseOperator":
        return this.desk.loseOperator(peer.id)
      case "FromClient":
        return this.unlessFine(peer, this.tables.fromClient(peer.id, command.message))
      case "FromParent":
        return this.unlessFine(peer, this.tables.fromClient(peer.id, command.message, peer.session))
      case "FromWorker":
        return this.tables.fromWorker(peer.worker, command.message)
      case "DrainWorker":
        return this.tables.drainWorker(peer.worker, command.boundMs)
      case "NoteLoad":
        return noteLoad(this.tables.workers.get(peer.worker), command.load)
      case "EchoHeartbeat":
        return echo(peer, this.settings)
      case "EchoDisconnect":
        return peer.link.send({ _tag: "ClientDisconnectEcho" })
      case "LoseClient":
        return this.tables.loseClient(peer.id)
      case "LoseWorker":
        return this.tables.loseWorker(peer.worker)
      case "Suspend":
        peer.link.suspend()
        peer.stopBound = this.loop.after(this.settings.resumeMs, () => this.giveUp(peer))
        return
      case "Resume":
        peer.stopBound?.()
        return peer.link.resume({ answer: true })
      case "ExcuseWorker":
        return this.tables.setAway(peer.worker, true)
      case "ReadmitWorker":
        return this.tables.setAway(peer.worker, false)
      case "Refuse":
        peer.link.send({ _tag: "ProtocolError", reason: command.reason })
        return peer.link.close()
      case "Close":
        // The peer is known until then: what it still sends belongs to the conversation that ends.
        return peer.link.close()
    }
  }

  /** Ends the session of one who has said what it may not, for this reason. */
  private unlessFine(peer: Peer, reason: string | undefined): void {
    if (reason !== undefined) this.apply(peer, { _tag: "Garbled", reason })
  }

  private fromOperator(peer: Peer, message: Connection.OperatorSays): string | undefined {
    return askedTooMuch(peer, this.settings) ?? this.desk.fromOperator(peer.id, message)
  }

  private welcome(peer: Peer, hello: Connection.Hello): void {
    const { session } = hello
    peer.session = session
    peer.again = againOf(hello)
    peer.link.send({ _tag: "HelloEcho", session, scheduler: this.transport.self })
  }

  private welcomeWorker(peer: Peer, hello: Message.WorkerHello): void {
    peer.worker = hello.worker
    this.welcome(peer, hello)
    this.tables.addWorker(peer.id, hello)
  }
}
