/**
 * What is printed in a process: JavaScript's goes the way of everything else, into the file
 * descriptors 1 and 2, so that it stays in order with what native code and child processes write there.
 */
import { writeSync } from "node:fs"
import { type Stream, watchStreams } from "./memberPrints.ts"

const fds: Readonly<Record<Stream, number>> = { stdout: 1, stderr: 2 }

export class ProcessPrints {
  private readonly mark: Uint8Array
  private readonly turn: () => void
  private isWatching = false
  private last: Stream | undefined
  /** Whether somebody wants to be told what is printed. */
  isOpen = false

  /** `turn` is called where JavaScript goes on in its other stream, once both have a mark there. */
  constructor(mark: Uint8Array, turn: () => void) {
    this.mark = mark
    this.turn = turn
  }

  begin(): void {
    this.isOpen = true
    if (this.isWatching) return
    this.isWatching = true
    watchStreams((stream, bytes) => this.print(stream, bytes))
  }

  end(): void {
    this.isOpen = false
  }

  /** Marks the place of the frame that is written next. */
  meet(): void {
    this.last = undefined
    for (const fd of Object.values(fds)) {
      try {
        writeAll(fd, this.mark)
      } catch {
        // A task has closed it, so nothing can be printed there whose order would matter.
      }
    }
  }

  private print(stream: Stream, bytes: Uint8Array): boolean {
    if (!this.isOpen) return false
    if (this.last !== undefined && this.last !== stream) {
      this.meet()
      this.turn()
    }
    this.last = stream
    writeAll(fds[stream], bytes)
    return true
  }
}

/** How long is waited where a full pipe refuses to wait, in milliseconds. */
const fullMs = 1

const asleep = new Int32Array(new SharedArrayBuffer(4))

/** Writes before it returns. A full pipe holds the process, as it does with whoever else writes to it. */
const writeAll = (fd: number, bytes: Uint8Array): void => {
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(fd, bytes, at)
    } catch (error) {
      // A child process that shares the pipe has made it one that does not wait.
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error
      Atomics.wait(asleep, 0, 0, fullMs)
    }
  }
}
