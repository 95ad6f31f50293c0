/** Holds up what one peer sends, for as long as it is shut. */
import type { Transport } from "@scaler-ts/protocol"

export class Gate {
  private isShut = false
  private held: Array<() => void> = []

  shut(): void {
    this.isShut = true
  }

  /** Lets through what has been held up, and all that follows. */
  open(): void {
    this.isShut = false
    for (const run of this.held.splice(0)) run()
  }

  /** A transport that sends through this gate. */
  over(transport: Transport): Transport {
    return {
      ...transport,
      send: (to, frame) => {
        if (!this.isShut) return transport.send(to, frame)
        this.held.push(() => void transport.send(to, frame))
        return true
      },
    }
  }
}
