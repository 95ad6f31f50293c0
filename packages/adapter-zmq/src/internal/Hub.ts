/**
 * The one in the middle, to whom the others connect: a transport that knows everybody who has.
 *
 * ZeroMQ gives each connection a number of its own, so a number is a connection, and a connection one
 * conversation. Names are given by us, in answer to a hello, and belong to one connection at a time.
 */
import type { Admission, PeerId, Transport, TransportListener } from "@scaler-ts/protocol"
import type { Loop } from "@scaler-ts/runtime"
import { Router } from "zeromq"
import { Audience } from "./Audience.ts"
import { Conversation, connectionGone, type Hears, type Outlet } from "./Conversation.ts"
import { type Control, decode, encode } from "./control.ts"
import { Gate, type HubOptions } from "./Gate.ts"
import { Nobodies } from "./Nobodies.ts"
import { Pump } from "./Pump.ts"
import { Seat, Seats } from "./Seats.ts"

/** So much may be said beside frames to somebody who takes none of it. */
const controlsMax = 1_000

/** ZeroMQ tells that a connection is gone a moment before one can see which. */
const probeAgainMs = 20

export class Hub implements Transport {
  readonly self: PeerId
  /** Who may be what: those who are allowed, by their keys. */
  readonly admission?: Admission.Admission
  /** Resolves once nothing is left of it. */
  readonly closed: Promise<void>
  private setClosed: () => void = () => {}
  private isClosing = false
  private isEnded = false
  private isProbing = false
  private probesDue = 0
  private readonly seats = new Seats()
  private readonly gate: Gate
  private readonly audience = new Audience()
  private readonly nobodies: Nobodies
  private readonly socket: Router
  private readonly pump: Pump
  private readonly loop: Loop.Loop
  private readonly options: HubOptions

  constructor(loop: Loop.Loop, options: HubOptions) {
    this.self = options.name
    this.loop = loop
    this.options = options
    this.gate = new Gate(options)
    if (this.gate.admission !== undefined) this.admission = this.gate.admission
    this.nobodies = new Nobodies(
      loop,
      this.audience,
      (name) => `nobody named "${name}" is there; start it first, or check the name`,
    )
    this.closed = new Promise((resolve) => (this.setClosed = resolve))
    const { frames } = options.room
    this.socket = new Router({
      linger: 0,
      // Or what is sent to nobody would be dropped without a word.
      mandatory: true,
      sendTimeout: 0,
      sendHighWaterMark: frames + controlsMax,
      receiveHighWaterMark: frames,
      ...this.gate.socketOptions,
    })
    this.pump = new Pump(
      this.socket,
      loop,
      (parts) => this.take(parts),
      // To nobody: no connection has an empty number.
      () => void this.socket.send([empty, empty]).catch(() => {}),
    )
  }

  /** Begins to listen at an address, and resolves with it as it is: with the port that was free. */
  async bind(address: string): Promise<string> {
    this.socket.events.on("disconnect", () => this.probeSoon())
    await this.gate.open()
    await this.socket.bind(address)
    this.pump.start()
    return this.socket.lastEndpoint ?? address
  }

  listen(listener: TransportListener): void {
    this.loop.defer(() => {
      this.audience.admit(listener)
      this.pump.resume()
    })
  }

  send(to: PeerId, frame: Uint8Array): boolean {
    if (this.isClosing) return true
    const seat = this.seats.named(to)
    if (seat === undefined) this.nobodies.add(to)
    return seat === undefined || seat.isCut || seat.conversation.send(frame)
  }

  keyOf(peer: PeerId): string | undefined {
    return this.seats.named(peer)?.key
  }

  disconnect(peer: PeerId): void {
    const seat = this.seats.named(peer)
    if (seat !== undefined) this.part(seat)
  }

  close(): void {
    if (this.isClosing) return
    this.isClosing = true
    this.audience.close()
    for (const seat of this.seats.all()) {
      if (seat.state === "held") this.refuse(seat, "the scheduler has stopped")
      else if (seat.state === "here") this.part(seat)
    }
    this.loop.after(this.options.lingerMs, () => this.end())
    this.endIfEmpty()
  }

  private endIfEmpty(): void {
    if (this.isClosing && this.seats.size === 0) this.end()
  }

  private end(): void {
    if (this.isEnded) return
    this.isEnded = true
    for (const seat of this.seats.all()) seat.conversation.end()
    this.pump.stop()
    // Not before the address is free.
    this.socket.events.on("end", () => void this.gate.close().then(this.setClosed, this.setClosed))
    this.socket.close()
  }

  /** Says that we leave, and waits until the other end has hung up: then it has heard what was sent before. */
  private part(seat: Seat): void {
    if (seat.isCut) this.forget(seat)
    else {
      this.seats.vacate(seat)
      seat.conversation.leave()
      this.loop.after(this.options.lingerMs, () => this.forget(seat))
    }
    this.giveAway(seat.name)
  }

  private take(parts: ReadonlyArray<Buffer>): boolean {
    const [id, first, , tooMany] = parts
    if (id === undefined || first === undefined) return true
    const isFrame = parts.length === 2
    const seat = this.seats.at(id)
    if (seat === undefined) this.stranger(id, isFrame ? undefined : decode(first))
    else if (tooMany !== undefined) this.broke(seat, "a message of too many parts came")
    else if (isFrame && seat.state === "held") this.broke(seat, "it spoke before it was welcome")
    else if (isFrame && seat.state === "here" && !this.audience.isThere) return false
    else seat.conversation.hear(first, isFrame)
    return true
  }

  /** Whoever has no seat can only say hello. */
  private stranger(id: Buffer, control: Control | undefined): void {
    if (control?._tag !== "Hello")
      return this.turnAway(id, "say Hello first: a scaler-zmq hub listens here")
    const { isClosing, seats } = this
    const answer = this.gate.answer(control, { connections: seats.size, isClosing })
    if (answer._tag === "Refused") return this.turnAway(id, answer.reason)
    const outlet = this.outletTo(id)
    this.place(
      new Seat(
        id,
        control,
        answer.key,
        (seat) => new Conversation(outlet, this.loop, this.options, control.room, this.hears(seat)),
      ),
    )
  }

  /** Gives somebody the name it wants, once nobody else has it. */
  private place(seat: Seat): void {
    const other = this.seats.named(seat.name)
    if (other !== undefined) {
      // Who connects anew has noticed before us that the connection before is gone.
      if (!other.isCut && !other.isOf(seat)) return this.hold(seat, other)
      this.leave(other, "it has connected anew")
    }
    this.seats.seat(seat)
    seat.conversation.say({ _tag: "Welcome", name: this.self, room: this.options.room })
    if (this.seats.heldFor(seat.name) !== undefined) seat.asked = seat.conversation.ask()
  }

  /** The name is taken, unless whoever has it is gone and we do not know yet. So it is asked. */
  private hold(seat: Seat, other: Seat): void {
    if (this.seats.heldFor(seat.name) !== undefined) return this.refuse(seat, taken(seat.name))
    this.seats.hold(seat)
    seat.conversation.say({ _tag: "Held" })
    other.asked = other.conversation.ask()
  }

  private outletTo(id: Buffer): Outlet {
    return {
      frame: (frame) => this.socket.send([id, frame]),
      control: (control) => this.socket.send([id, encode(control), empty]),
    }
  }

  private hears(seat: Seat): Hears {
    const tell = (told: (listener: TransportListener) => void): void => {
      if (seat.state === "here") this.audience.tell(told)
    }
    return {
      frame: (frame) => tell((listener) => listener.frame(seat.name, frame)),
      writable: () => tell((listener) => listener.writable(seat.name)),
      bye: () => {
        seat.conversation.say({ _tag: "ByeHeard" })
        this.gone(seat, "it has left")
      },
      byeHeard: () => this.broke(seat, "it said what was not asked"),
      pong: (number) => {
        const held = seat.state === "here" ? this.seats.heldFor(seat.name) : undefined
        if (held !== undefined && seat.asked !== undefined && number >= seat.asked)
          this.refuse(held, taken(seat.name))
      },
      refused: (reason) => this.gone(seat, reason),
      lost: (reason) => (reason === connectionGone ? this.cut(seat) : this.broke(seat, reason)),
      broke: (reason) => this.broke(seat, reason),
    }
  }

  /** Its connection is gone; what that had brought is still heard. */
  private cut(seat: Seat): void {
    if (seat.isCut) return
    seat.isCut = true
    if (seat.state !== "here") return this.forget(seat)
    this.pump.whenQuiet(() => this.gone(seat, connectionGone))
  }

  private broke(seat: Seat, reason: string): void {
    this.turnAway(seat.id, reason)
    this.gone(seat, reason)
  }

  private refuse(seat: Seat, reason: string): void {
    this.turnAway(seat.id, reason)
    this.forget(seat)
  }

  private turnAway(id: Buffer, reason: string): void {
    // Whoever does not take it has a bounded queue to itself.
    this.socket.send([id, encode({ _tag: "Refused", reason }), empty]).catch(() => {})
  }

  /** It can no longer be reached, and who waits for its name has it. */
  private gone(seat: Seat, reason: string): void {
    this.leave(seat, reason)
    this.giveAway(seat.name)
  }

  /** Who waits for a name has it, if nobody else does any more. */
  private giveAway(name: PeerId): void {
    const held = this.seats.heldFor(name)
    if (held !== undefined && !this.isClosing && this.seats.named(name) === undefined)
      this.place(this.seats.release(held))
  }

  /** It can no longer be reached: whoever spoke with it is told. */
  private leave(seat: Seat, reason: string): void {
    const isTold = seat.state === "here" && seat.conversation.isSpoken
    this.forget(seat)
    if (isTold) this.audience.tell(({ gone }) => gone(seat.name, reason))
  }

  private forget(seat: Seat): void {
    seat.conversation.end()
    this.seats.remove(seat)
    this.endIfEmpty()
  }

  /** Somebody's connection is gone, and ZeroMQ does not say whose. It can be seen by sending to all. */
  private probeSoon(): void {
    this.probesDue = 2
    if (this.isProbing) return
    this.isProbing = true
    this.probe()
  }

  private probe(): void {
    this.isProbing = this.probesDue-- > 0
    if (!this.isProbing || this.isEnded) return
    for (const seat of this.seats.all()) seat.conversation.probe()
    this.loop.after(probeAgainMs, () => this.probe())
  }
}

const taken = (name: PeerId): string =>
  `somebody named "${name}" is connected already; give each peer a name of its own`

const empty = Buffer.alloc(0)
