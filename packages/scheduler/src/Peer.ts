/** What the scheduler's shell knows of whoever speaks to it. */
import type { Link, Message, PeerId, Pulse, Transport } from "@scaler-ts/protocol"
import type * as Connection from "./Connection.ts"
import type { Settings } from "./SchedulerOptions.ts"

export interface Peer {
  readonly id: PeerId
  /** The public key that it had proved when it was first heard, where the transport has keys. */
  readonly key: string | undefined
  readonly link: Link<Message.FromScheduler, Message.ToScheduler>
  state: Connection.State
  /** The worker's name, once it has said it. */
  worker: string
  /** The name of its session, once it has said hello. */
  session: string
  /** How many its client had begun under that name before. */
  again: number
  /** When it was last heard, by the scheduler's clock. */
  heardAtMs: number
  readonly pulse: Pulse
  /** Gives up waiting for it, while it is away. */
  stopBound: (() => void) | undefined
  /** Whether more waits for it than may be, or has not become half of that since. */
  isBehind: boolean
  /** Whether somebody is about to look whether that has changed. */
  isWatched: boolean
}

export const newPeer = (
  { id, key }: Pick<Peer, "id" | "key">,
  link: Peer["link"],
  pulse: Pulse,
): Peer => ({
  id,
  key,
  link,
  pulse,
  state: "new",
  worker: "",
  session: "",
  again: 0,
  heardAtMs: 0,
  stopBound: undefined,
  isBehind: false,
  isWatched: false,
})

/** How many sessions a client had begun under its name before, as its hello says; 0 of whoever else. */
export const againOf = (hello: Message.ToScheduler): number =>
  hello._tag === "ClientHello" ? (hello.again ?? 0) : 0

export const isAway = ({ state }: Peer): boolean =>
  state === "client away" || state === "worker away"

/** Whether a hello is of the session that a peer has, and by the key that began it. */
export const goesOn = (
  { again, id, session, key }: Peer,
  hello: Message.ToScheduler,
  transport: Transport,
): boolean =>
  "session" in hello &&
  hello.session === session &&
  againOf(hello) === again &&
  transport.keyOf?.(id) === key

/** Whether it is to be given nothing more to take: from the bound on, until it has taken half. */
export const isBehindNow = ({ link, isBehind }: Peer, { backlogBytesMax }: Settings): boolean =>
  link.backlog > (isBehind ? backlogBytesMax / 2 : backlogBytesMax)

/** Answers a heartbeat. What waits for one who is behind will do as well, and may not grow by what it asks for. */
export const echo = (peer: Peer, settings: Settings): void => {
  if (!isBehindNow(peer, settings)) peer.link.send({ _tag: "HeartbeatEcho" })
}

/** Why an operator is answered no more: it has not read what it was told. */
export const askedTooMuch = ({ link }: Peer, { backlogBytesMax }: Settings): string | undefined =>
  link.backlog > backlogBytesMax
    ? `${link.backlog} bytes of answers wait for the operator, and ${backlogBytesMax} are allowed ` +
      "(backlogBytesMax); read what has come before asking for more"
    : undefined

/** The transport, as a link sees it: with the end of a link its peer is forgotten. */
export const outletOf = (transport: Transport, part: () => void): Transport => ({
  self: transport.self,
  listen: (listener) => transport.listen(listener),
  send: (to, frame) => transport.send(to, frame),
  disconnect: part,
  close: () => transport.close(),
})

/** Says the last word to a peer, or it would wait for us to come back. */
export const takeLeave = ({ pulse, stopBound, link }: Peer, reason: string): void => {
  pulse.stop()
  stopBound?.()
  link.send({ _tag: "ProtocolError", reason })
  link.close()
}
