/** A peer that is driven by hand, and sends whatever it likes. */
import {
  type Defer,
  Link,
  type Message,
  ProtocolError,
  schedulerPeer,
  type Transport,
  Wire,
} from "@scaler-ts/protocol"

type Heard = Message.SchedulerToClient | Message.SchedulerToWorker

/** Takes what a client hears, and what a worker hears. */
const anybody: Wire.Direction<Heard> = {
  name: "anybody",
  tags: { ...Wire.toClient.tags, ...Wire.toWorker.tags },
}

export class Stranger {
  /** What the scheduler has said to it. */
  readonly heard: Array<Heard> = []
  isGone = false
  private readonly transport: Transport
  private readonly link: Link<Message.ToScheduler, Heard>

  constructor(transport: Transport, defer: Defer) {
    this.transport = transport
    this.link = new Link(transport, defer, schedulerPeer, anybody)
  }

  /** Begins to listen. */
  listen(): this {
    this.transport.listen({
      frame: (_, bytes) => {
        const messages = this.link.receive(bytes)
        if (messages instanceof ProtocolError) throw messages
        this.heard.push(...messages)
      },
      gone: () => {
        this.isGone = true
      },
      writable: () => this.link.writable(),
    })
    return this
  }

  /** Sends bytes as they are. */
  throws(bytes: Uint8Array): void {
    this.transport.send(schedulerPeer, bytes)
  }

  /** Sends messages as the protocol has it. */
  says(...messages: ReadonlyArray<Message.ToScheduler>): void {
    for (const message of messages) this.link.send(message)
  }

  heardOf<Tag extends Heard["_tag"]>(tag: Tag): ReadonlyArray<Extract<Heard, { _tag: Tag }>> {
    return this.heard.filter(
      (message): message is Extract<Heard, { _tag: Tag }> => message._tag === tag,
    )
  }
}
