/** How much of what one peer sends another is in flight, and whether there is room for more. */

export class Outbox {
  private sent = 0
  private frames = 0
  /** Whether a frame was refused since there was room the last time. */
  private full = false
  /** Whether it takes nothing, however little there is in it. */
  private stuffed = false

  /** Whether so many frames were sent that it would be full if none of them had arrived. */
  isCrowded(framesMax: number): boolean {
    return this.sent >= framesMax
  }

  /** Makes room for a frame; `false` when there is none. */
  take(framesMax: number): boolean {
    this.full = this.stuffed || this.frames >= framesMax
    if (this.full) return false
    this.frames++
    this.sent++
    return true
  }

  /** Gives the room of a delivered frame back; `true` when that reopens a full outbox. */
  release(framesMax: number): boolean {
    this.frames--
    return this.reopen(framesMax)
  }

  get isStuffed(): boolean {
    return this.stuffed
  }

  /** Lets it take nothing until it is drained. */
  stuff(): void {
    this.stuffed = true
  }

  /** Ends that; `true` when it reopens a full outbox. */
  drain(framesMax: number): boolean {
    this.stuffed = false
    return this.reopen(framesMax)
  }

  private reopen(framesMax: number): boolean {
    // Half empty before anybody is woken, so that a full outbox does not wake its sender per frame.
    if (this.stuffed || !this.full || this.frames > framesMax / 2) return false
    this.full = false
    return true
  }
}
