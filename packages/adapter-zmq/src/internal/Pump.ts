/** Takes messages from a socket, one after the other, for as long as they are wanted. */
import type { Loop } from "@scaler-ts/runtime"

type Parts = ReadonlyArray<Buffer>

interface Source {
  readonly receive: () => Promise<Array<Buffer>>
  readonly readable: boolean
}

/** How often, and how long apart, one looks whether nothing more comes. */
const looksMax = 20
const lookMs = 5

/**
 * Whether a wait for a message may go on although there is one: seen on Deno, on a machine that has more
 * to do than it can. Whatever is sent on the same socket ends such a wait.
 */
export const mayOversleep: boolean = "Deno" in globalThis
const oversleptMs = 100

export class Pump {
  private held: Parts | undefined
  private taken = 0
  private isStopped = false
  private readonly source: Source
  private readonly loop: Loop.Loop
  private readonly take: (parts: Parts) => boolean
  private readonly nudge: () => void

  /**
   * `take` returns `false` for a message that cannot be taken yet: then nothing is taken until `resume`.
   * `nudge` sends something that means nothing.
   */
  constructor(source: Source, loop: Loop.Loop, take: (parts: Parts) => boolean, nudge: () => void) {
    this.source = source
    this.loop = loop
    this.take = take
    this.nudge = nudge
  }

  start(): void {
    this.next()
    if (mayOversleep) this.wakeLater(this.taken)
  }

  private wakeLater(taken: number): void {
    this.loop.afterInBackground(oversleptMs, () => {
      if (this.isStopped) return
      if (this.held === undefined && this.taken === taken && this.source.readable) this.nudge()
      this.wakeLater(this.taken)
    })
  }

  stop(): void {
    this.isStopped = true
    this.held = undefined
  }

  resume(): void {
    const { held } = this
    this.held = undefined
    if (held !== undefined) this.arrived(held)
  }

  /**
   * Calls once nothing has come for a while: what a connection that is gone had brought has been taken
   * by then. Where others go on sending it does not wait for them.
   */
  whenQuiet(run: () => void): void {
    const look = (looks: number, taken: number): void => {
      this.loop.after(lookMs, () => {
        if (this.isStopped) return
        const isQuiet = this.held === undefined && this.taken === taken
        if (isQuiet || looks >= looksMax) run()
        else look(looks + 1, this.taken)
      })
    }
    look(1, this.taken)
  }

  private next(): void {
    if (this.isStopped) return
    this.source.receive().then(this.arrived, this.ended)
  }

  private readonly arrived = (parts: Parts): void => {
    if (this.isStopped) return
    this.taken++
    let isTaken = true
    try {
      isTaken = this.take(parts)
    } finally {
      // Also when a listener throws: that is its own affair, and not of those who come after.
      if (isTaken) this.next()
      else this.held = parts
    }
  }

  /** The socket was closed. */
  private readonly ended = (): void => this.stop()
}
