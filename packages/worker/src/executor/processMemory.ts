/** Looks how much memory processes use, where they may not use more than so much. */
import { execFile } from "node:child_process"
import { readFileSync } from "node:fs"

/** How often is looked, in milliseconds. */
const everyMs = 250

type TooMuch = (usedMb: number) => void

export class ProcessMemory {
  private readonly maxMb: number | undefined
  private readonly watched = new Map<number, TooMuch>()
  private timer: NodeJS.Timeout | undefined

  constructor(maxMb: number | undefined) {
    this.maxMb = maxMb
  }

  /** Calls back when the process uses more than it may, unless the returned function is called first. */
  watch(id: number, tooMuch: TooMuch): () => void {
    if (this.maxMb === undefined) return () => {}
    this.watched.set(id, tooMuch)
    this.timer ??= setInterval(() => this.look(), everyMs).unref()
    return () => {
      this.watched.delete(id)
      if (this.watched.size > 0) return
      clearInterval(this.timer)
      this.timer = undefined
    }
  }

  private look(): void {
    for (const id of this.watched.keys()) {
      usedMb(id, (mb) => {
        if (mb > (this.maxMb ?? Infinity)) this.watched.get(id)?.(mb)
      })
    }
  }
}

/** Tells how much memory a process uses; 0 for one that is gone. */
const usedMb = (id: number, tell: (mb: number) => void): void => {
  if (process.platform === "linux") return tell(fromProc(id))
  execFile("ps", ["-o", "rss=", "-p", String(id)], (_error, kib) => {
    tell(Math.ceil(Number(kib) / 1024))
  })
}

const fromProc = (id: number): number => {
  try {
    const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${id}/status`, "latin1"))?.[1]
    return Math.ceil(Number(kib ?? 0) / 1024)
  } catch {
    return 0
  }
}
