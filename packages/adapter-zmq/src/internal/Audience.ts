/** The one who listens, and what there was to tell before there was somebody. */
import type { TransportListener } from "@scaler-ts/protocol"

type Told = (listener: TransportListener) => void

export class Audience {
  private listener: TransportListener | undefined
  private early: Array<Told> = []
  private isClosed = false

  /** Whether frames can be handed over. */
  get isThere(): boolean {
    return this.listener !== undefined
  }

  /** Begins to tell, and what was to be told before comes first. */
  admit(listener: TransportListener): void {
    this.listener = listener
    const { early } = this
    this.early = []
    for (const told of early) this.tell(told)
  }

  tell(told: Told): void {
    if (this.isClosed) return
    if (this.listener === undefined) this.early.push(told)
    else told(this.listener)
  }

  close(): void {
    this.isClosed = true
    this.early = []
  }
}
