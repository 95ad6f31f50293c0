/**
 * One connection to a hub, from dialling to its end: a socket, and the one conversation it carries.
 *
 * The socket never connects again by itself. What it could not deliver is dropped with it, and no
 * frame of one conversation can turn up in another.
 */
import type { PeerId } from "@scaler-ts/protocol"
import type { Loop } from "@scaler-ts/runtime"
import * as Redacted from "effect/Redacted"
import { Dealer, type EventOfType, type SocketOptions } from "zeromq"
import type { KeyPair } from "../ZmqKeys.ts"
import { type Bounds, Conversation, connectionGone, type Hears } from "./Conversation.ts"
import { type Control, decode, encode, type Proof, version } from "./control.ts"
import { encryptionBytes } from "./Gate.ts"
import { Pump } from "./Pump.ts"

/** Our keys, and the hub's. */
export interface LineCurve {
  readonly keys: KeyPair
  readonly server: string
  /** That our hellos are ours. */
  readonly proof: Proof
}

export interface LineOptions extends Bounds {
  readonly address: string
  readonly name: PeerId
  /** Tells us from others of our name. Whoever knows it can take our place where nobody has keys. */
  readonly instance: string
  readonly curve: LineCurve | undefined
  /** How long the hub may take to answer. */
  readonly connectMs: number
  /** How long an end waits to be heard. */
  readonly lingerMs: number
}

export interface LineListener {
  /** Whether frames can be handed over. */
  readonly isThere: () => boolean
  readonly welcomed: (hub: PeerId) => void
  /** Somebody else has our name, and may be gone. */
  readonly held: () => void
  readonly frame: (frame: Uint8Array) => void
  readonly writable: () => void
  /** It is over. `isRefused`: the hub does not want us. */
  readonly over: (reason: string, isRefused: boolean) => void
}

/** What keeping a frame costs beside its bytes. */
const frameKeptBytes = 64

export class Line {
  private socket: Dealer | undefined
  private pump: Pump | undefined
  private conversation: Conversation | undefined
  /** Frames that wait for the hub's welcome. */
  private waiting: Array<Uint8Array> = []
  private waitingBytes = 0
  private isFull = false
  private isLeaving = false
  /** Why the connection is gone, once it is. */
  private cutBy: string | undefined
  private isOver = false
  private areKeysKnown = false
  private stopBound: (() => void) | undefined
  private readonly loop: Loop.Loop
  private readonly options: LineOptions
  private readonly listener: LineListener

  constructor(loop: Loop.Loop, options: LineOptions, listener: LineListener) {
    this.loop = loop
    this.options = options
    this.listener = listener
  }

  /** Whether the hub has welcomed us, and is there. */
  get isWelcome(): boolean {
    return this.conversation !== undefined && !this.isOver
  }

  get isSpoken(): boolean {
    return this.waiting.length > 0 || this.conversation?.isSpoken === true
  }

  dial(): void {
    if (this.isOver) return
    const { address, connectMs } = this.options
    const socket = new Dealer({
      linger: 0,
      // Our own bounds and none of its own: it drops or waits beyond them.
      sendHighWaterMark: 0,
      sendTimeout: 0,
      receiveHighWaterMark: this.options.room.frames,
      reconnectInterval: -1,
      connectTimeout: connectMs === Infinity ? 0 : connectMs,
      ...securityOptions(this.options),
    })
    this.socket = socket
    this.watch(socket)
    this.pump = new Pump(
      socket,
      this.loop,
      (parts) => this.take(parts),
      () => this.say({ _tag: "Probe" }),
    )
    const { name, instance, room, curve } = this.options
    const proof = curve === undefined ? {} : { proof: curve.proof }
    try {
      socket.connect(address)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      return this.loop.defer(() => this.end(`${address} cannot be dialled: ${reason}`))
    }
    this.say({ _tag: "Hello", version, name, instance, room, ...proof })
    this.pump.start()
    this.stopBound = this.loop.after(connectMs, () =>
      this.end(`nobody at ${address} answered within ${connectMs} ms`),
    )
  }

  /** `false`: there is no room. */
  send(frame: Uint8Array): boolean {
    if (this.isLeaving || this.isOver || this.cutBy !== undefined) return true
    if (this.conversation !== undefined) return this.conversation.send(frame)
    // Before the hub has answered only bytes count: if it does not, all of them are dropped.
    const kept = frame.length + frameKeptBytes
    const { bytes } = this.options.room
    this.isFull = this.waiting.length > 0 && this.waitingBytes + kept > bytes
    if (this.isFull) return false
    this.waiting.push(frame)
    this.waitingBytes += kept
    return true
  }

  /** Ends it once the hub has heard what was sent before, and when it has not within the bound. */
  leave(): void {
    if (this.isLeaving || this.isOver) return
    const { lingerMs } = this.options
    if (!this.isSpoken || this.cutBy !== undefined) return this.end("")
    this.isLeaving = true
    this.loop.after(lingerMs, () => this.end(""))
    this.conversation?.leave()
  }

  resume(): void {
    this.pump?.resume()
  }

  /** Ends it at once. */
  end(reason: string, isRefused = false): void {
    if (this.isOver) return
    this.isOver = true
    this.stopBound?.()
    this.conversation?.end()
    this.pump?.stop()
    this.socket?.close()
    this.listener.over(reason, isRefused)
  }

  private watch({ events }: Dealer): void {
    const { address, curve } = this.options
    events.on("handshake", () => (this.areKeysKnown = true))
    events.on("disconnect", () => this.hungUp(connectionGone))
    events.on("close", () =>
      this.cut(`nobody listens at ${address}; start the scheduler first, or check the address`),
    )
    events.on("handshake:error:protocol", ({ error }) => {
      this.cut(isMismatch(error) ? mismatch(address, curve) : notOurs(address))
    })
    events.on("handshake:error:other", () => this.hungUp(notOurs(address)))
    events.on("handshake:error:auth", () => this.end(notAllowed(address, curve), true))
  }

  /** The other end is gone, and may have gone because of a key. */
  private hungUp(otherwise: string): void {
    const { address, curve } = this.options
    this.cut(curve === undefined || this.areKeysKnown ? otherwise : wrongKey(address))
  }

  /** The connection is gone; what it had brought is still heard. */
  private cut(reason: string): void {
    if (this.isOver) return
    const isFirst = this.cutBy === undefined
    // A send may fail before one hears why.
    if (isFirst || this.cutBy === connectionGone) this.cutBy = reason
    if (isFirst) this.pump?.whenQuiet(() => this.end(this.cutBy ?? reason))
  }

  private take(parts: ReadonlyArray<Buffer>): boolean {
    const [first] = parts
    const isFrame = parts.length === 1
    if (this.isOver || first === undefined) return true
    if (parts.length > 2) return this.broke("a message of too many parts came")
    if (this.conversation === undefined) return this.takeAnswer(first, isFrame)
    if (isFrame && !this.isLeaving && !this.listener.isThere()) return false
    this.conversation.hear(first, isFrame)
    return true
  }

  private takeAnswer(bytes: Buffer, isFrame: boolean): boolean {
    const answer = isFrame ? undefined : decode(bytes)
    if (answer?._tag === "Refused") this.end(answer.reason, true)
    else if (answer?._tag === "Welcome") this.begin(answer.name, answer.room)
    else if (answer?._tag === "Held") this.listener.held()
    else if (answer?._tag === "Ping") this.say({ _tag: "Pong", number: answer.number })
    else if (answer?._tag !== "Probe") this.broke(notOurs(this.options.address))
    return true
  }

  private begin(hub: PeerId, theirs: Bounds["room"]): void {
    this.stopBound?.()
    const { socket } = this
    if (socket === undefined) return
    const outlet = {
      frame: (frame: Uint8Array) => socket.send(frame),
      control: (control: Control) => socket.send([encode(control), empty]),
    }
    const conversation = new Conversation(outlet, this.loop, this.options, theirs, this.hears())
    this.conversation = conversation
    conversation.sendTaken(this.waiting)
    this.waiting = []
    this.waitingBytes = 0
    this.listener.welcomed(hub)
    if (this.isLeaving) return conversation.leave()
    if (this.isFull) this.listener.writable()
  }

  private hears(): Hears {
    const { listener } = this
    return {
      frame: (frame) => listener.frame(frame),
      writable: () => listener.writable(),
      bye: () => this.end("it has left"),
      byeHeard: () =>
        this.isLeaving ? this.end("") : void this.broke("it said what was not asked"),
      pong: () => {},
      refused: (reason) => this.end(reason, true),
      // It has room for everything, so what it does not take has nowhere to go.
      lost: () => this.cut(connectionGone),
      broke: (reason) => this.end(reason),
    }
  }

  private broke(reason: string): true {
    this.end(reason)
    return true
  }

  /** Says something beside the conversation, such as before it. */
  private say(control: Control): void {
    this.socket?.send([encode(control), empty]).catch(() => this.cut(connectionGone))
  }
}

const notOurs = (address: string): string =>
  `what listens at ${address} is no scheduler; check the address and the port`

const securityOptions = ({ curve, frameBytesMax }: LineOptions): SocketOptions<Dealer> =>
  curve === undefined
    ? { maxMessageSize: frameBytesMax }
    : {
        maxMessageSize: frameBytesMax + encryptionBytes,
        curveServerKey: curve.server,
        curvePublicKey: curve.keys.publicKey,
        curveSecretKey: Redacted.value(curve.keys.secretKey),
      }

type ProtocolError = EventOfType<"handshake:error:protocol">["error"]

/** One end has keys, and the other has none. */
const isMismatch = ({ code }: ProtocolError): boolean => code === "ERR_ZMTP_MECHANISM_MISMATCH"

const mismatch = (address: string, curve: LineCurve | undefined): string =>
  curve === undefined
    ? `what listens at ${address} asks for keys, and we have none; connect with keysFile and serverFile, or check the address and the port`
    : `what listens at ${address} has no keys; give the scheduler keysFile and allowedFile, or check the address and the port`

const wrongKey = (address: string): string =>
  `what listens at ${address} hung up when it was to show its key; check that serverFile is the public key of that scheduler, and check the address and the port`

const notAllowed = (address: string, curve: LineCurve | undefined): string =>
  `the scheduler at ${address} does not let in the key ${curve?.keys.publicKey}; have it listed in its allowedFile, or use one that is`

const empty = Buffer.alloc(0)
