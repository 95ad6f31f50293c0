/** How a client or a worker whose session is gone comes to another one. */
import { SessionLife } from "@scaler-ts/protocol"
import type * as Loop from "./Loop.ts"

export interface RejoiningOptions {
  /** How long it is tried, in milliseconds; 0: not at all. */
  readonly rejoinMs: number
  /** How long the scheduler may take to answer, in milliseconds. */
  readonly connectMs: number
  /** Begins another session. */
  readonly greet: () => void
  /** The time is up. */
  readonly giveUp: () => void
}

/** Tries again and again, with longer and longer pauses, until somebody answers or the time is up. */
export class Rejoining {
  private tries = 0
  private isOver = false
  private isPausing = false
  private stopTry: (() => void) | undefined
  private stopBound: (() => void) | undefined
  private readonly loop: Loop.Loop
  private readonly options: RejoiningOptions

  constructor(loop: Loop.Loop, options: RejoiningOptions) {
    this.loop = loop
    this.options = options
  }

  /** The session is gone, or the last try has failed. `false`: there is no time for another try. */
  begin(): boolean {
    const { rejoinMs, giveUp } = this.options
    if (rejoinMs === 0 || this.isOver) return false
    this.stopBound ??= this.loop.after(rejoinMs, () => {
      this.end()
      giveUp()
    })
    return true
  }

  /** Another session may begin, after a pause. */
  tryAgain(): void {
    if (this.isOver || this.isPausing) return
    this.stopTry?.()
    this.isPausing = true
    // Never at once: whoever ended the session may do so again.
    const pauseMs = SessionLife.pauseMs(++this.tries, this.loop.random())
    this.stopTry = this.loop.after(pauseMs, () => {
      this.isPausing = false
      this.stopTry = this.loop.after(this.options.connectMs, () => this.tryAgain())
      this.options.greet()
    })
  }

  /** The scheduler has answered, and another session will be wanted for all that. */
  heard(): void {
    this.tries = 0
    if (!this.isPausing) this.stopTry?.()
  }

  /** The scheduler has answered. */
  done(): void {
    this.stop()
    this.tries = 0
  }

  /** No other session is wanted. */
  end(): void {
    this.isOver = true
    this.stop()
  }

  private stop(): void {
    this.stopTry?.()
    this.stopBound?.()
    this.stopTry = this.stopBound = undefined
    this.isPausing = false
  }
}
