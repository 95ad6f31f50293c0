/** How much is on its way in one direction, as each end counts it. */
import type { Room } from "./control.ts"

/** The sender's count: what was sent and has not been taken by the other end yet. */
export class Credit {
  private frames = 0
  private bytes = 0
  private takenFrames = 0
  private takenBytes = 0
  /** Whether a frame was refused since there was room the last time. */
  private isFull = false
  private readonly room: Room

  constructor(room: Room) {
    this.room = room
  }

  /** Makes room for a frame; `false` when there is none. One frame always fits where there is nothing else. */
  take(bytes: number): boolean {
    const frames = this.frames - this.takenFrames
    const onItsWay = this.bytes - this.takenBytes
    this.isFull = frames > 0 && (frames >= this.room.frames || onItsWay + bytes > this.room.bytes)
    if (!this.isFull) this.count(bytes)
    return !this.isFull
  }

  /** Counts a frame for which there may be no room. */
  count(bytes: number): void {
    this.frames++
    this.bytes += bytes
  }

  /** So much has been taken in all. Says whether that reopens what was full, or that it cannot be. */
  taken(frames: number, bytes: number): "reopened" | "fine" | "impossible" {
    const isPossible =
      frames >= this.takenFrames &&
      frames <= this.frames &&
      bytes >= this.takenBytes &&
      bytes <= this.bytes
    if (!isPossible) return "impossible"
    this.takenFrames = frames
    this.takenBytes = bytes
    // Half empty before anybody is woken, so that a full outbox does not wake its sender per frame.
    const isHalfEmpty =
      this.frames - frames <= this.room.frames / 2 && this.bytes - bytes <= this.room.bytes / 2
    if (!this.isFull || !isHalfEmpty) return "fine"
    this.isFull = false
    return "reopened"
  }
}

/** The receiver's count, and when to tell the sender of it: long before it has to wait. */
export class Arrivals {
  frames = 0
  bytes = 0
  private toldFrames = 0
  private toldBytes = 0
  private readonly room: Room

  /** `room`: what the sender said it has. */
  constructor(room: Room) {
    this.room = room
  }

  /** Counts a frame; `true` when the sender should be told. */
  count(bytes: number): boolean {
    this.frames++
    this.bytes += bytes
    const isDue =
      this.frames - this.toldFrames >= this.room.frames / 4 ||
      this.bytes - this.toldBytes >= this.room.bytes / 4
    if (isDue) {
      this.toldFrames = this.frames
      this.toldBytes = this.bytes
    }
    return isDue
  }
}
