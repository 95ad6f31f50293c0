/** Looks again and again whether the other end of a connection is still there. */
import * as Liveness from "../machine/Liveness.ts"
import type { SessionLoop } from "../SessionOptions.ts"

export interface PulseListener {
  /** Says something, so that the other end does, too. */
  readonly ask: () => void
  /** Nothing was heard for too long. */
  readonly gone: (reason: string) => void
}

/** Begins with the first word that is heard, and goes on until it is stopped. */
export class Pulse {
  private heardAtMs = 0
  private saidAtMs = 0
  private looksAtMs = 0
  private stopLooking: (() => void) | undefined
  private readonly loop: SessionLoop
  private readonly silenceMs: number
  private readonly listener: PulseListener

  constructor(loop: SessionLoop, silenceMs: number, listener: PulseListener) {
    this.loop = loop
    this.silenceMs = silenceMs
    this.listener = listener
  }

  heard(): void {
    if (this.silenceMs === Infinity) return
    this.heardAtMs = this.loop.nowMs()
    if (this.stopLooking === undefined) this.lookSoon()
  }

  said(): void {
    if (this.silenceMs !== Infinity) this.saidAtMs = this.loop.nowMs()
  }

  stop(): void {
    this.stopLooking?.()
    this.stopLooking = undefined
  }

  private lookSoon(): void {
    const delayMs = Liveness.lookMs(this.silenceMs)
    this.looksAtMs = this.loop.nowMs() + delayMs
    this.stopLooking = this.loop.afterInBackground(delayMs, () => this.look())
  }

  private look(): void {
    const { silenceMs } = this
    const nowMs = this.loop.nowMs()
    const lateMs = Math.max(0, nowMs - this.looksAtMs)
    const found = Liveness.look(nowMs - this.heardAtMs, nowMs - this.saidAtMs, lateMs, silenceMs)
    // What stood still with us is not held against the other end the next time either.
    this.heardAtMs += lateMs
    this.stopLooking = undefined
    if (found === "gone") return this.listener.gone(`nothing was heard for ${silenceMs} ms`)
    if (found === "say something") {
      this.said()
      this.listener.ask()
    }
    this.lookSoon()
  }
}
