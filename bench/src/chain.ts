/**
 * The raw limit: client → scheduler → worker → scheduler → client with no logic at all.
 *
 * The same memory network, the same turns, msgpack with a kept encoder and decoder, positional
 * fields, and all messages of one peer and turn in one frame.
 */
import { Decoder, Encoder } from "@msgpack/msgpack"
import { MemoryNetwork, MemoryTransport } from "@scaler-ts/adapter-memory"
import type { Defer, Transport } from "@scaler-ts/protocol"
import { Loop } from "@scaler-ts/runtime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import type { Launch } from "./harness.ts"

type Message = readonly [task: number, name: string, payload: Uint8Array]

const encoder = new Encoder()
const decoder = new Decoder()
const payload = new Uint8Array([1])

/** What goes to one peer in one turn. */
class Outbox {
  private messages: Array<Message> = []
  private readonly transport: Transport
  private readonly defer: Defer
  private readonly to: string

  constructor(transport: Transport, defer: Defer, to: string) {
    this.transport = transport
    this.defer = defer
    this.to = to
  }

  send(message: Message): void {
    if (this.messages.length === 0) this.defer(() => this.flush())
    this.messages.push(message)
  }

  private flush(): void {
    const batch = this.messages
    this.messages = []
    this.transport.send(this.to, encoder.encodeSharedRef(batch).slice())
  }
}

export interface Chain {
  readonly launch: Launch
  readonly stop: () => Promise<void>
}

const listen = (
  transport: Transport,
  hear: (from: string, messages: ReadonlyArray<Message>) => void,
): void =>
  transport.listen({
    frame: (from, frame) => hear(from, decoder.decode(frame) as Array<Message>),
    gone: () => {},
    writable: () => {},
  })

const make = Effect.gen(function* () {
  const { defer } = yield* Loop.make
  const network = yield* MemoryNetwork.make()
  const join = (name: string) => MemoryTransport.make(network, name)
  const [client, scheduler, worker] = [yield* join("c"), yield* join("s"), yield* join("w")]
  const toWorker = new Outbox(scheduler, defer, "w")
  const toClient = new Outbox(scheduler, defer, "c")
  listen(scheduler, (from, messages) => {
    const outbox = from === "c" ? toWorker : toClient
    for (const message of messages) outbox.send(message)
  })
  const answers = new Outbox(worker, defer, "s")
  listen(worker, (_, messages) => {
    for (const [task, name, input] of messages) {
      answers.send([task, name, new Uint8Array([(input[0] ?? 0) + 1])])
    }
  })
  const pending = new Map<number, () => void>()
  listen(client, (_, messages) => {
    for (const [task] of messages) {
      const done = pending.get(task)
      pending.delete(task)
      done?.()
    }
  })
  const requests = new Outbox(client, defer, "s")
  let number = 0
  return (done: () => void): void => {
    pending.set(++number, done)
    requests.send([number, "addOne", payload])
  }
})

export const startChain = async (): Promise<Chain> => {
  const scope = Effect.runSync(Scope.make())
  const launch = await Effect.runPromise(Scope.provide(make, scope))
  return { launch, stop: () => Effect.runPromise(Scope.close(scope, Exit.void)) }
}
