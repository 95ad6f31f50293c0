/** What has been seen of the end of a process, which is told when all of it has been seen. */
export class ProcessExit {
  private reason: string | undefined
  private isDrained = false
  private isGone = false
  private readonly tell: (reason: string) => void

  /** `tell` is called once, with how it ended. */
  constructor(tell: (reason: string) => void) {
    this.tell = tell
  }

  get isSeen(): boolean {
    return this.reason !== undefined
  }

  /** The process itself has exited. */
  exited(reason: string): void {
    if (this.reason !== undefined) return
    this.reason = reason
    this.tellIfOver()
  }

  /** Everything it had written has been read. */
  drained(): void {
    if (this.isDrained) return
    this.isDrained = true
    this.tellIfOver()
  }

  /** Nobody of its group runs any more. */
  gone(): void {
    if (this.isGone) return
    this.isGone = true
    this.tellIfOver()
  }

  private tellIfOver(): void {
    if (this.reason !== undefined && this.isDrained && this.isGone) this.tell(this.reason)
  }
}

/** How a process came to its end, as a part of a sentence about it. */
export const exitReason = (
  code: number | null,
  signal: NodeJS.Signals | null,
  wasKilled: boolean,
  dyingOf: string | undefined,
): string => {
  if (dyingOf !== undefined && code !== 0) return `died of an uncaught error: ${dyingOf}`
  if (signal === null) return `ended itself with exit code ${code}`
  return wasKilled ? "was killed" : `was ended by ${signal}`
}
