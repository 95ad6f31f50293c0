/** A scheduler that decides nothing: it shows what a client sent, and says what the test tells it to. */
import {
  type Defer,
  Link,
  type Message,
  ProtocolError,
  type Transport,
  Wire,
} from "@scaler-ts/protocol"

export interface Manners {
  /** Whether it answers a hello. It does unless told otherwise. */
  readonly greets?: boolean
  /** Whether it answers a goodbye. It does unless told otherwise. */
  readonly echoes?: boolean
}

type Heard = Message.ToScheduler

export class HandScheduler {
  /** Everything the client has sent, in order. */
  readonly heard: Array<Heard> = []
  /** Why the client is gone, once it is. */
  gone: string | undefined
  private readonly link: Link<Message.SchedulerToClient, Message.ToScheduler>
  private readonly manners: Manners

  constructor(transport: Transport, defer: Defer, client: string, manners: Manners) {
    this.manners = manners
    this.link = new Link(transport, defer, client, Wire.toScheduler)
    transport.listen({
      frame: (_, bytes) => this.hear(bytes),
      gone: (_, reason) => {
        this.gone = reason
      },
      writable: () => this.link.writable(),
    })
  }

  /** Says something to the client. What is said on one turn arrives together, in this order. */
  say(...messages: ReadonlyArray<Message.SchedulerToClient>): void {
    for (const message of messages) this.link.send(message)
  }

  /** What the client has sent of one kind, in order. */
  heardOf<Tag extends Heard["_tag"]>(tag: Tag): ReadonlyArray<Extract<Heard, { _tag: Tag }>> {
    return this.heard.filter(
      (message): message is Extract<Heard, { _tag: Tag }> => message._tag === tag,
    )
  }

  /** The numbers of the tasks the client asked to stop, in the order of the requests. */
  get cancels(): ReadonlyArray<number> {
    return this.heardOf("TaskCancel").map(({ task }) => task)
  }

  private hear(bytes: Uint8Array): void {
    const messages = this.link.receive(bytes)
    if (messages instanceof ProtocolError) throw messages
    for (const message of messages) {
      this.heard.push(message)
      this.answer(message)
    }
  }

  private answer(message: Heard): void {
    const { greets = true, echoes = true } = this.manners
    if (message._tag === "ClientHello" && greets) {
      this.say({ _tag: "HelloEcho", session: message.session, scheduler: "scheduler" })
    }
    if (message._tag === "ClientDisconnect" && echoes) this.say({ _tag: "ClientDisconnectEcho" })
  }
}
