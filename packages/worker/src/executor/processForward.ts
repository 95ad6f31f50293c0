/**
 * Takes what is printed in processes to a stream of the worker's own, where nobody wants to be told it.
 *
 * By the thread pool, because the worker's stream may be a pipe that nobody reads, and must not hold its
 * event loop; and one write at a time, so that it holds no more than one thread (G10).
 */
import { write } from "node:fs"

interface Waiting {
  bytes: Uint8Array
  readonly done: () => void
}

/** When a pipe that was full is tried again, in milliseconds. */
const fullMs = 10

export class ProcessForward {
  private readonly fd: number
  private readonly waiting: Array<Waiting> = []

  constructor(fd: number) {
    this.fd = fd
  }

  /** Calls back once the bytes are written, or never will be. */
  write(bytes: Uint8Array, done: () => void): void {
    this.waiting.push({ bytes, done })
    if (this.waiting.length === 1) this.next()
  }

  private next(): void {
    const [first] = this.waiting
    if (first === undefined) return
    write(this.fd, first.bytes, (error, written) => {
      if (error?.code === "EAGAIN") return void setTimeout(() => this.next(), fullMs)
      first.bytes = first.bytes.subarray(written)
      // Nobody reads what the worker prints, or it has closed it: then it goes nowhere, as before.
      const isDone = error !== null || first.bytes.length === 0
      if (isDone) this.waiting.shift()
      this.next()
      if (isDone) first.done()
    })
  }
}
