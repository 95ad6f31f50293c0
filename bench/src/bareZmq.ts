/**
 * The raw limit over ZeroMQ: client → scheduler → worker → scheduler → client with no logic at all, three
 * processes. `batched`: msgpack, positional fields, and all messages of one turn in one frame, which
 * the one in the middle reads and writes anew. `raw`: one frame per message, which is only passed on.
 */
import { Decoder, Encoder } from "@msgpack/msgpack"
import { nextTick } from "node:process"
import { Dealer, type Router } from "zeromq"
import type { Launch } from "./harness.ts"

export type Kind = "batched" | "raw"

type Message = readonly [task: number, name: string, payload: Uint8Array]

const encoder = new Encoder()
const decoder = new Decoder()

/** No bound but the load's own. */
export const socketOptions = {
  linger: 0,
  sendTimeout: 0,
  sendHighWaterMark: 0,
  receiveHighWaterMark: 0,
}

/** What goes to one peer in one turn. */
export class Batch {
  private messages: Array<Message> = []
  private readonly send: (frame: Uint8Array) => void

  constructor(send: (frame: Uint8Array) => void) {
    this.send = send
  }

  add(message: Message): void {
    if (this.messages.length === 0) {
      nextTick(() => {
        const { messages } = this
        this.messages = []
        this.send(encoder.encodeSharedRef(messages).slice())
      })
    }
    this.messages.push(message)
  }
}

export const messagesOf = (frame: Uint8Array): ReadonlyArray<Message> =>
  decoder.decode(frame) as Array<Message>

/** Calls with every message that comes. */
export const receiveAll = (
  socket: Dealer | Router,
  hear: (parts: ReadonlyArray<Buffer>) => void,
): void => {
  const next = (): void => {
    socket.receive().then(
      (parts) => {
        hear(parts)
        next()
      },
      () => {},
    )
  }
  next()
}

export interface BareClient {
  readonly launch: (payload: Uint8Array, done: () => void) => void
  readonly close: () => void
}

/** A client of such a chain. */
export const bareClient = (address: string, kind: Kind): BareClient => {
  const socket = new Dealer({ ...socketOptions, routingId: "client" })
  socket.connect(address)
  const send = (frame: Uint8Array): void => void socket.send(frame)
  const pending = new Map<number, () => void>()
  const line: Array<() => void> = []
  const batch = new Batch(send)
  let number = 0
  receiveAll(socket, ([frame]) => {
    if (frame === undefined) return
    if (kind === "raw") return line.shift()?.()
    for (const [task] of messagesOf(frame)) {
      const done = pending.get(task)
      pending.delete(task)
      done?.()
    }
  })
  return {
    launch: (payload, done) => {
      if (kind === "raw") {
        line.push(done)
        return send(payload)
      }
      pending.set(++number, done)
      batch.add([number, "addOne", payload])
    },
    close: () => socket.close(),
  }
}

/** With the smallest input. */
export const launchBare =
  ({ launch }: BareClient): Launch =>
  (done) =>
    launch(new Uint8Array([1]), done)
