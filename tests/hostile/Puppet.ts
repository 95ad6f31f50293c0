/** A peer that numbers its frames as the test likes, and shows those of the other side as they are. */
import type { MemoryNetwork } from "@scaler-ts/adapter-memory"
import { type Message, type PeerId, schedulerPeer, type Transport, Wire } from "@scaler-ts/protocol"

const anybody: Wire.Direction<Message.Message> = {
  name: "anybody",
  tags: {
    ...Wire.toScheduler.tags,
    ...Wire.toClient.tags,
    ...Wire.toWorker.tags,
    ...Wire.toOperator.tags,
  },
}

export class Puppet {
  /** The messages that came, `gone` for the end of a connection, and `heard` for a frame that only acknowledges. */
  readonly heard: Array<Message.Message | "gone" | "heard"> = []
  /** The number of the last frame that came. */
  last = 0
  /** Called when something has come. */
  onNews: () => void = () => {}
  private readonly network: MemoryNetwork.MemoryNetwork
  private readonly transport: Transport
  private readonly other: PeerId

  /** Somebody of this name who speaks to `other`: the scheduler, unless told otherwise. */
  constructor(network: MemoryNetwork.MemoryNetwork, name: PeerId, other: PeerId = schedulerPeer) {
    this.network = network
    this.other = other
    this.transport = network.join(name)
    this.transport.listen({
      frame: (_, bytes) => {
        const { sequence, messages } = Wire.decode(bytes, anybody)
        this.last = sequence
        this.heard.push(...(messages.length === 0 ? (["heard"] as const) : messages))
        this.onNews()
      },
      gone: () => {
        this.heard.push("gone")
        this.onNews()
      },
      writable: () => {},
    })
  }

  says(sequence: number, acknowledged: number, ...messages: ReadonlyArray<Message.Message>): this {
    return this.throws(Wire.encode(messages, sequence, acknowledged))
  }

  throws(bytes: Uint8Array): this {
    this.transport.send(this.other, bytes)
    return this
  }

  /** Breaks its connection. */
  cut(): void {
    this.network.cut(this.transport.self, this.other)
  }

  disconnect(): void {
    this.transport.disconnect(this.other)
  }

  get isGone(): boolean {
    return this.heard.at(-1) === "gone"
  }

  /** What it has heard since it was asked the last time, in a word each. */
  news(): ReadonlyArray<string> {
    return this.heard.splice(0).map((one) => (typeof one === "string" ? one : one._tag))
  }

  heardOf<Tag extends Message.Message["_tag"]>(tag: Tag) {
    return this.heard.filter(
      (one): one is Extract<Message.Message, { readonly _tag: Tag }> =>
        typeof one !== "string" && one._tag === tag,
    )
  }
}
