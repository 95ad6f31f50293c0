/** What was sent to a peer and has not been acknowledged by it: kept, to be sent again in its next connection. */

/** So many frames may be unacknowledged before we wait for the peer. */
const framesMax = 1_024

export class Unacknowledged<Out> {
  /** Everything up to this number has been acknowledged. */
  acknowledged = 0
  /** How long all of it is, in bytes, roughly. */
  bytes = 0
  private frames: Array<{ readonly messages: ReadonlyArray<Out>; readonly bytes: number }> = []
  /** Where the oldest lies among `frames`: moving the others up for every frame would cost more than it frees. */
  private head = 0

  /** How many frames there are. */
  get size(): number {
    return this.frames.length - this.head
  }

  isFull(bytesMax: number): boolean {
    return this.size >= framesMax || this.bytes >= bytesMax
  }

  /** Whether half of the room there is until then has been used. */
  isHalfFull(bytesMax: number): boolean {
    return this.size >= framesMax / 2 || this.bytes >= bytesMax / 2
  }

  /** Keeps the messages of the frame after the newest. */
  add(messages: ReadonlyArray<Out>, bytes: number): void {
    this.frames.push({ messages, bytes })
    this.bytes += bytes
  }

  /** The messages of a frame that has not been acknowledged. */
  get(number: number): ReadonlyArray<Out> {
    return this.frames[this.head + number - this.acknowledged - 1]?.messages ?? []
  }

  /** Lets go of everything up to a number; one that was let go of before changes nothing. */
  release(number: number): void {
    while (this.acknowledged < number) {
      this.acknowledged++
      this.bytes -= this.frames[this.head++]?.bytes ?? 0
    }
    if (this.head * 2 < this.frames.length) return
    this.frames = this.frames.slice(this.head)
    this.head = 0
  }

  clear(): void {
    this.frames = []
    this.head = 0
    this.bytes = 0
  }
}
