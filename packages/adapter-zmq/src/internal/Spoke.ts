/** One who connects to a hub: a transport that knows one other peer. */
import type { PeerId, Transport, TransportListener } from "@scaler-ts/protocol"
import type { Loop } from "@scaler-ts/runtime"
import { Audience } from "./Audience.ts"
import { Nobodies } from "./Nobodies.ts"
import { Line, type LineOptions } from "./Line.ts"

/** What became of the first connection. */
export type Opened =
  | { readonly _tag: "Welcomed" }
  /** Not yet: somebody has our name, and is being asked whether it lives. */
  | { readonly _tag: "Held" }
  | { readonly _tag: "Failed"; readonly reason: string; readonly isRefused: boolean }

export class Spoke implements Transport {
  readonly self: PeerId
  /** Resolves once nothing is left of it. */
  readonly closed: Promise<void>
  private setClosed: () => void = () => {}
  private hub: PeerId | undefined
  private line: Line | undefined
  /** The lines we have left, until the hub has heard so, the oldest first; the next one waits for them. */
  private readonly leaving: Array<Line> = []
  private opening: ((opened: Opened) => void) | undefined
  private isClosed = false
  private readonly audience = new Audience()
  private readonly nobodies: Nobodies
  private readonly loop: Loop.Loop
  private readonly options: LineOptions

  constructor(loop: Loop.Loop, options: LineOptions) {
    this.self = options.name
    this.loop = loop
    this.options = options
    this.nobodies = new Nobodies(
      loop,
      this.audience,
      () => `there is only "${this.hub}" at ${options.address}; check the scheduler's name`,
    )
    this.closed = new Promise((resolve) => (this.setClosed = resolve))
  }

  /** Connects, once, and tells what became of it. */
  open(opening: (opened: Opened) => void): void {
    this.opening = opening
    this.line = this.newLine()
    this.line.dial()
  }

  /** Gives up connecting. */
  abandon(): void {
    this.opening = undefined
    this.line?.end("")
  }

  listen(listener: TransportListener): void {
    this.loop.defer(() => {
      this.audience.admit(listener)
      this.line?.resume()
    })
  }

  send(to: PeerId, frame: Uint8Array): boolean {
    if (this.isClosed) return true
    if (to !== this.hub) {
      this.nobodies.add(to)
      return true
    }
    if (this.line === undefined) {
      this.line = this.newLine()
      if (this.leaving.length === 0) this.line.dial()
    }
    return this.line.send(frame)
  }

  keyOf(peer: PeerId): string | undefined {
    const isProved = peer === this.hub && this.line?.isWelcome === true
    return isProved ? this.options.curve?.server : undefined
  }

  disconnect(peer: PeerId): void {
    const { line } = this
    if (peer !== this.hub || line === undefined) return
    this.line = undefined
    this.leaving.push(line)
    line.leave()
  }

  close(): void {
    if (this.isClosed) return
    this.isClosed = true
    this.audience.close()
    if (this.hub !== undefined) this.disconnect(this.hub)
    this.line?.end("")
    if (this.leaving.length === 0) this.setClosed()
  }

  private newLine(): Line {
    const line: Line = new Line(this.loop, this.options, {
      isThere: () => this.audience.isThere,
      welcomed: (hub) => this.welcomed(line, hub),
      held: () => this.opening?.({ _tag: "Held" }),
      frame: (frame) => this.tell(line, (listener, hub) => listener.frame(hub, frame)),
      writable: () => this.tell(line, (listener, hub) => listener.writable(hub)),
      over: (reason, isRefused) => this.over(line, reason, isRefused),
    })
    return line
  }

  private welcomed(line: Line, hub: PeerId): void {
    if (this.hub !== undefined && hub !== this.hub) {
      return line.end(`"${hub}" answers at ${this.options.address}, and not "${this.hub}"`, true)
    }
    this.hub = hub
    this.opening?.({ _tag: "Welcomed" })
    this.opening = undefined
  }

  private over(line: Line, reason: string, isRefused: boolean): void {
    const left = this.leaving.indexOf(line)
    if (left >= 0) return this.hasLeft(left)
    if (line !== this.line) return
    const { hub, opening } = this
    this.line = this.opening = undefined
    opening?.({ _tag: "Failed", reason, isRefused })
    if (line.isSpoken && hub !== undefined) this.audience.tell(({ gone }) => gone(hub, reason))
  }

  /** One that we have left is over; who waited for it goes on. */
  private hasLeft(index: number): void {
    this.leaving.splice(index, 1)
    const next = this.leaving[0] ?? this.line
    if (index === 0) next?.dial()
    if (this.isClosed && next === undefined) this.setClosed()
  }

  /** Tells what a line brought, unless we have left it. */
  private tell(line: Line, told: (listener: TransportListener, hub: PeerId) => void): void {
    const { hub } = this
    if (line === this.line && hub !== undefined)
      this.audience.tell((listener) => told(listener, hub))
  }
}
