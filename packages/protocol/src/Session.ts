/** The port a client or a worker stands on: typed messages out, typed messages in, the peer lost. */
import type { PeerId, TaskNumber } from "./Ids.ts"
import { Link } from "./Link.ts"
import { type Limits, limitsDefault } from "./Limits.ts"
import type {
  ClientToScheduler,
  Message,
  ProtocolErrorMessage,
  SchedulerToClient,
  SchedulerToWorker,
  WorkerToScheduler,
} from "./Message.ts"
import { ProtocolError } from "./ProtocolError.ts"
import type { Defer, Transport } from "./Transport.ts"
import { toClient, toWorker } from "./Wire.ts"

/**
 * One conversation with a scheduler.
 *
 * `clientOverWire` and `workerOverWire` are the standard ones, over any `Transport`. An adapter to a foreign cluster
 * implements this port itself.
 */
export interface Session<Out, Receiver> {
  /** Names the one receiver; nothing is received before. Called once. */
  readonly open: (receiver: Receiver) => void
  /**
   * Sends a message, in order, exactly once while the session lives; never waits. After the session
   * was lost or closed it does nothing.
   */
  readonly send: (message: Out) => void
  /** Ends the session after what was sent before has been handed over. `lost` is not called for it. */
  readonly close: () => void
}

/** What a session tells the one who opened it. */
export interface Receiver<In> {
  /** Messages in the order the scheduler sent them, as many as have arrived together. */
  readonly receive: (messages: ReadonlyArray<In>) => void
  /** The session has ended and cannot be resumed. Called once, and nothing is received after it. */
  readonly lost: (reason: string) => void
}

/** What a client's session tells the client. */
export interface ClientReceiver extends Receiver<SchedulerToClient> {
  /**
   * For adapters to clusters whose confirm does not say how a task stopped: the task is confirmed
   * stopped, like a `TaskCancelConfirm` of type `canceled` whose `how` is `unknown`.
   */
  readonly setCanceled: (task: TaskNumber) => void
}

/** A client's conversation with a scheduler. */
export type ClientSession = Session<ClientToScheduler, ClientReceiver>

/** A worker's conversation with a scheduler. */
export type WorkerSession = Session<WorkerToScheduler, Receiver<SchedulerToWorker>>

/** A client's session in the standard wire format, with the scheduler that `transport` knows as `scheduler`. */
export const clientOverWire = (
  transport: Transport,
  defer: Defer,
  scheduler: PeerId,
  limits: Limits = limitsDefault,
): ClientSession =>
  overWire<ClientToScheduler, SchedulerToClient, ClientReceiver>(
    transport,
    new Link(transport, defer, scheduler, toClient, { limits: asReceived(limits) }),
    scheduler,
  )

/** A worker's session in the standard wire format, with the scheduler that `transport` knows as `scheduler`. */
export const workerOverWire = (
  transport: Transport,
  defer: Defer,
  scheduler: PeerId,
  limits: Limits = limitsDefault,
): WorkerSession =>
  overWire<WorkerToScheduler, SchedulerToWorker, Receiver<SchedulerToWorker>>(
    transport,
    new Link(transport, defer, scheduler, toWorker, {
      compact: withoutFutileStarts,
      limits: asReceived(limits),
    }),
    scheduler,
  )

/**
 * What a client or a worker takes from its scheduler. A payload that is too long is left to whoever
 * decodes it: it shall fail its task, and not end the session of all the others.
 */
const asReceived = (limits: Limits): Limits => ({
  ...limits,
  payloadBytesMax: limits.frameBytesMax,
})

/** A start whose result leaves in the same frame tells nobody anything, and costs as much as the result. */
const withoutFutileStarts = <Out extends Message>(messages: Array<Out>): Array<Out> => {
  const ended = new Set<TaskNumber>()
  for (const message of messages) if (message._tag === "TaskResult") ended.add(message.task)
  if (ended.size === 0) return messages
  return messages.filter((message) => message._tag !== "TaskStarted" || !ended.has(message.task))
}

const overWire = <Out extends Message, In extends Message, R extends Receiver<In>>(
  transport: Transport,
  link: Link<Out | ProtocolErrorMessage, In>,
  scheduler: PeerId,
): Session<Out, R> => {
  let open = true
  return {
    open: (receiver) => {
      const lose = (reason: string): void => {
        if (!open) return
        open = false
        receiver.lost(reason)
      }
      transport.listen({
        frame: (from, bytes) => {
          if (!open || from !== scheduler) return
          const heard = link.receive(bytes)
          if (!(heard instanceof ProtocolError)) return receiver.receive(heard)
          link.send({ _tag: "ProtocolError", reason: heard.message })
          link.close()
          lose(`what the scheduler sent could not be read: ${heard.message}`)
        },
        gone: (peer, reason) => {
          if (peer !== scheduler) return
          link.end()
          lose(reason)
        },
        writable: (peer) => {
          if (peer === scheduler) link.writable()
        },
      })
    },
    send: (message) => link.send(message),
    close: () => {
      open = false
      link.close()
    },
  }
}
