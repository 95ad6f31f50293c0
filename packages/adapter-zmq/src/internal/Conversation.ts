/** One conversation over one connection, seen from one end: frames out and in, and what is said about them. */
import { Pulse } from "@scaler-ts/protocol"
import type { Loop } from "@scaler-ts/runtime"
import { type Control, decode, type Room } from "./control.ts"
import { Arrivals, Credit } from "./Credit.ts"

/** What a conversation may take. */
export interface Bounds {
  /** How much we may have on its way. */
  readonly room: Room
  readonly frameBytesMax: number
  readonly silenceMs: number
}

/** The socket, as far as it reaches the other end. Each promise rejects when that is not there any more. */
export interface Outlet {
  readonly frame: (frame: Uint8Array) => Promise<void>
  readonly control: (control: Control) => Promise<void>
}

export interface Hears {
  readonly frame: (frame: Uint8Array) => void
  readonly writable: () => void
  /** The other end has left: no frame follows. */
  readonly bye: () => void
  /** It has heard that we have left, and all that we sent before. */
  readonly byeHeard: () => void
  /** The other end lives: it has answered what `ask` asked. */
  readonly pong: (number: number) => void
  /** It refuses us. */
  readonly refused: (reason: string) => void
  /** It cannot be reached: its connection is gone, or takes nothing any more. */
  readonly lost: (reason: string) => void
  /** It does what it should not, or nothing for too long. */
  readonly broke: (reason: string) => void
}

export class Conversation {
  /** Whether it has carried a frame: nobody is told of the end of one that has not. */
  isSpoken = false
  private isOver = false
  private hasLeft = false
  private pings = 0
  private readonly credit: Credit
  private readonly arrivals: Arrivals
  private readonly pulse: Pulse
  private readonly outlet: Outlet
  private readonly bounds: Bounds
  private readonly hears: Hears

  /** `theirs`: how much the other end may have on its way. */
  constructor(outlet: Outlet, loop: Loop.Loop, bounds: Bounds, theirs: Room, hears: Hears) {
    this.outlet = outlet
    this.bounds = bounds
    this.hears = hears
    this.credit = new Credit(bounds.room)
    this.arrivals = new Arrivals(theirs)
    this.pulse = new Pulse(loop, bounds.silenceMs, {
      ask: () => void this.ask(),
      gone: (reason) => this.broke(reason),
    })
    this.pulse.heard()
  }

  /** `false`: there is no room. What has ended drops the frame. */
  send(frame: Uint8Array): boolean {
    if (this.isOver || this.hasLeft) return true
    if (!this.credit.take(frame.length)) return false
    this.hand(frame)
    return true
  }

  /** Sends what was taken before there was a conversation to count it. */
  sendTaken(frames: ReadonlyArray<Uint8Array>): void {
    for (const frame of frames) {
      this.credit.count(frame.length)
      this.hand(frame)
    }
  }

  /** Asks the other end for a sign of life, and says which number its answer has. */
  ask(): number {
    this.say({ _tag: "Ping", number: ++this.pings })
    return this.pings
  }

  /** Finds out whether the connection is still there: if not, it breaks. */
  probe(): void {
    this.say({ _tag: "Probe" })
  }

  /** Says that no frame follows, and hands over none that still comes. */
  leave(): void {
    this.hasLeft = true
    this.pulse.stop()
    this.say({ _tag: "Bye" })
  }

  say(control: Control): void {
    if (!this.isOver) this.outlet.control(control).catch(this.failed)
  }

  /** Nothing more is said or heard. */
  end(): void {
    this.isOver = true
    this.pulse.stop()
  }

  /** Takes what has come: the one part of a frame, or the two of what is said beside frames. */
  hear(first: Buffer, isFrame: boolean): void {
    if (this.isOver) return
    if (!this.hasLeft) this.pulse.heard()
    if (isFrame) return this.hearFrame(first)
    const control = decode(first)
    if (control === undefined) return this.broke("it said what cannot be read")
    this.hearControl(control)
  }

  private hearFrame(bytes: Buffer): void {
    if (this.hasLeft) return
    this.isSpoken = true
    if (this.arrivals.count(bytes.length)) {
      const { frames, bytes } = this.arrivals
      this.say({ _tag: "Taken", frames, bytes })
    }
    // A view, as the port says: of what the socket has received, and copied nowhere.
    this.hears.frame(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length))
  }

  private hearControl(control: Control): void {
    switch (control._tag) {
      case "Taken": {
        const taken = this.credit.taken(control.frames, control.bytes)
        if (taken === "impossible") return this.broke("it took more than it was sent")
        if (taken === "reopened" && !this.hasLeft) this.hears.writable()
        return
      }
      case "Ping":
        return this.hasLeft ? undefined : this.say({ _tag: "Pong", number: control.number })
      case "Pong":
        return this.hears.pong(control.number)
      case "Probe":
        return
      case "Bye":
        return this.hears.bye()
      case "ByeHeard":
        return this.hears.byeHeard()
      case "Refused":
        return this.hears.refused(control.reason)
      case "Hello":
      case "Held":
      case "Welcome":
        return this.broke(`it said ${control._tag} in a conversation that has begun`)
    }
  }

  private hand(frame: Uint8Array): void {
    this.isSpoken = true
    const { frameBytesMax } = this.bounds
    if (frame.length > frameBytesMax) {
      const reason = `a frame has ${frame.length} bytes, and ${frameBytesMax} are allowed; raise frameBytesMax at both ends`
      return void Promise.resolve().then(() => this.broke(reason))
    }
    this.pulse.said()
    this.outlet.frame(frame).catch(this.failed)
  }

  private readonly failed = (error: unknown): void => {
    if (!this.isOver) this.hears.lost(reasonOf(error))
  }

  private broke(reason: string): void {
    if (!this.isOver) this.hears.broke(reason)
  }
}

/** What a socket says when it cannot send. */
const reasonOf = (error: unknown): string => {
  const code = error instanceof Error && "code" in error ? error.code : undefined
  if (code === "EHOSTUNREACH" || code === "EBADF") return connectionGone
  if (code === "EAGAIN") return "it takes nothing any more"
  return error instanceof Error ? error.message : String(error)
}

export const connectionGone = "the connection is gone"
