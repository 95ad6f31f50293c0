/** What the scheduler's shell knows of whoever speaks to it. */
import type { Limits, Link, Message, PeerId, Pulse } from "@scaler-ts/protocol"
import type * as Connection from "./Connection.ts"

export interface Peer {
  readonly id: PeerId
  readonly link: Link<Message.SchedulerToClient | Message.SchedulerToWorker, Message.ToScheduler>
  state: Connection.State
  /** The worker's name, once it has said it. */
  worker: string
  /** The name of its session, once it has said hello. */
  session: string
  readonly pulse: Pulse
  /** Gives up waiting for it, while it is away. */
  stopBound: (() => void) | undefined
}

export interface Settings {
  readonly tombstonesMax: number
  readonly resumeMs: number
  readonly silenceMs: number
  readonly limits: Limits
}

export const isAway = ({ state }: Peer): boolean =>
  state === "client away" || state === "worker away"
