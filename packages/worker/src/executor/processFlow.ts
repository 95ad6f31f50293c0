/**
 * How much of what a task says may be on its way from a process: as much as from a thread.
 *
 * The main side says what it has taken by a pipe of its own, because a process that waits reads nothing
 * else: it waits by reading that pipe until it may go on. So one that never stops talking buries nobody
 * (G10), and one whose client takes its lines too slowly can be held.
 */
import { readSync } from "node:fs"
import type { Writable } from "node:stream"
import { costMax, costOf, costToGoOn } from "./threadFlow.ts"

/** Not for every line: with less than that the process can go on, however much it is ahead. */
const tokenMin = costToGoOn / 2

const tokenBytes = 4

/** In the process. */
export class ProcessFlow {
  private readonly fd: number
  private readonly token = new DataView(new ArrayBuffer(tokenBytes))
  private ahead = 0

  constructor(fd: number) {
    this.fd = fd
  }

  /** Called after a line has been written. Returns once the process may go on, and at once after its last. */
  posted(line: string, isLast: boolean): void {
    this.ahead += costOf(line)
    if (this.ahead < costMax || isLast) return
    while (this.ahead > costToGoOn) {
      const taken = this.read()
      // The main side is gone, and the end of this process on its way.
      if (taken === 0) return
      this.ahead -= taken
    }
  }

  private read(): number {
    for (let at = 0; at < tokenBytes;) {
      const read = readSync(this.fd, this.token, at, tokenBytes - at, null)
      if (read === 0) return 0
      at += read
    }
    return this.token.getUint32(0)
  }
}

/** On the main side, for one process. */
export class ProcessCredit {
  private readonly pipe: Writable
  private owed = 0

  constructor(pipe: Writable) {
    this.pipe = pipe
  }

  taken(line: string): void {
    this.owed += costOf(line)
    if (this.owed < tokenMin) return
    const token = Buffer.alloc(tokenBytes)
    token.writeUint32BE(this.owed)
    this.owed = 0
    this.pipe.write(token)
  }
}
