/** Who was spoken to and is not there. */
import type { PeerId } from "@scaler-ts/protocol"
import type { Loop } from "@scaler-ts/runtime"
import type { Audience } from "./Audience.ts"

/** Tells on a later turn that nobody of a name is there, once for all that was sent to it in this one. */
export class Nobodies {
  private readonly names = new Set<PeerId>()
  private readonly loop: Loop.Loop
  private readonly audience: Audience
  private readonly reasonFor: (name: PeerId) => string

  constructor(loop: Loop.Loop, audience: Audience, reasonFor: (name: PeerId) => string) {
    this.loop = loop
    this.audience = audience
    this.reasonFor = reasonFor
  }

  add(name: PeerId): void {
    if (this.names.size === 0) this.loop.defer(() => this.tell())
    this.names.add(name)
  }

  private tell(): void {
    const names = [...this.names]
    this.names.clear()
    for (const name of names) this.audience.tell(({ gone }) => gone(name, this.reasonFor(name)))
  }
}
