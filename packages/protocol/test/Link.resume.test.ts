/** Two links whose connection breaks again and again: what was said arrives in order, once each. */
import {
  type Limits,
  limitsDefault,
  Link,
  makeLimits,
  type Message,
  type Transport,
  Wire,
} from "@scaler-ts/protocol"
import * as fc from "fast-check"
import assert from "node:assert/strict"
import { describe, test } from "vitest"
import { earlyMessages } from "../src/Link.ts"
import { cancel, confirmed, echo, hello, numbers, started, tasksOf } from "./said.ts"
import { seedOf } from "./seed.ts"

type ToClient = Message.SchedulerToClient
type ToScheduler = Message.ToScheduler

/** One end: what it has sent and is on its way, what it has heard, and how many messages it has said. */
interface End<Out extends Message.Message, In extends Message.Message> {
  readonly link: Link<Out, In>
  readonly onItsWay: Array<Uint8Array>
  readonly heard: Array<In>
  said: number
}

/** A client and a scheduler, each with a link over a connection that the test cuts. */
class Pair {
  readonly client: End<ToScheduler, ToClient>
  readonly scheduler: End<ToClient, ToScheduler>
  private turns: Array<() => void> = []
  private readonly limits: Limits
  private isCut = false
  private isGreeting = false

  constructor(limits: Limits = limitsDefault) {
    this.limits = limits
    this.client = this.end(Wire.toClient, {})
    this.scheduler = this.end(Wire.toScheduler, {
      cameBack: () => this.scheduler.link.resume({ answer: true }),
    })
    this.client.link.send(hello)
    this.flow()
    this.scheduler.link.send(echo)
    this.flow()
  }

  private end<Out extends Message.Message, In extends Message.Message>(
    direction: Wire.Direction<In>,
    options: { readonly cameBack?: () => void },
  ): End<Out, In> {
    const onItsWay: Array<Uint8Array> = []
    const transport: Transport = {
      self: direction.name,
      listen: () => {},
      send: (_, frame) => {
        if (!this.isCut) onItsWay.push(frame)
        return true
      },
      disconnect: () => {},
      close: () => {},
    }
    const defer = (run: () => void): void => void this.turns.push(run)
    const link = new Link<Out, In>(transport, defer, "peer", direction, {
      resumes: true,
      limits: this.limits,
      ...options,
    })
    return { link, onItsWay, heard: [], said: 0 }
  }

  turn(): void {
    for (const run of this.turns.splice(0)) run()
  }

  /** The first frame on its way to an end arrives there. */
  deliver<In extends Message.Message>(
    from: { readonly onItsWay: Array<Uint8Array> },
    to: {
      readonly link: { readonly receive: (bytes: Uint8Array) => ReadonlyArray<In> | Error }
      readonly heard: Array<In>
    },
  ): void {
    const frame = from.onItsWay.shift()
    if (frame === undefined) return
    const heard = to.link.receive(frame)
    if (heard instanceof Error) throw heard
    to.heard.push(...heard)
    if ((to.heard as unknown) === this.client.heard && this.isGreeting) {
      this.isGreeting = false
      this.client.link.resume({ answer: false })
    }
  }

  /** Loses what is on its way; both ends keep what they say from now on. */
  cut(): void {
    this.turn()
    this.isCut = true
    this.isGreeting = false
    this.client.onItsWay.length = this.scheduler.onItsWay.length = 0
    this.client.link.suspend()
    this.scheduler.link.suspend()
  }

  /** The client says hello in a new connection. */
  dial(): void {
    if (!this.isCut) return
    this.isCut = false
    this.isGreeting = true
    this.client.link.helloAgain()
  }

  /** Everything arrives. */
  flow(): void {
    do {
      this.turn()
      this.deliver(this.client, this.scheduler)
      this.deliver(this.scheduler, this.client)
    } while (this.turns.length + this.client.onItsWay.length + this.scheduler.onItsWay.length > 0)
  }
}

const moves: Readonly<Record<string, (pair: Pair) => void>> = {
  clientSays: ({ client }) => client.link.send(cancel(++client.said)),
  schedulerSays: ({ scheduler }) => scheduler.link.send(started(++scheduler.said)),
  turn: (pair) => pair.turn(),
  schedulerHears: (pair) => pair.deliver(pair.client, pair.scheduler),
  clientHears: (pair) => pair.deliver(pair.scheduler, pair.client),
  cut: (pair) => pair.cut(),
  dial: (pair) => pair.dial(),
}

/** So many that the first of them leave before their turn is over. */
const bursts: typeof moves = {
  clientSaysMuch: ({ client }) => {
    for (let i = 0; i <= earlyMessages; i++) client.link.send(cancel(++client.said))
  },
  schedulerSaysMuch: ({ scheduler }) => {
    for (let i = 0; i <= earlyMessages; i++) scheduler.link.send(confirmed(++scheduler.said))
  },
}

describe("over connections that break", () => {
  test.each([
    { what: "everything", moves, numRuns: 5_000 },
    { what: "much of it at a time, everything", moves: { ...moves, ...bursts }, numRuns: 200 },
  ])("$what arrives in order and once each, wherever they break", ({ what, moves, numRuns }) => {
    const schedule = fc.array(fc.constantFrom(...Object.keys(moves)), { maxLength: 60 })
    fc.assert(
      fc.property(schedule, (names) => {
        const pair = new Pair()
        for (const name of names) moves[name]?.(pair)
        pair.dial()
        pair.flow()
        assert.deepEqual(tasksOf(pair.scheduler.heard), numbers(pair.client.said))
        assert.deepEqual(tasksOf(pair.client.heard), numbers(pair.scheduler.said))
      }),
      { seed: seedOf(what), numRuns },
    )
  })

  test("what had arrived is not sent again", () => {
    const pair = new Pair()
    moves.clientSays?.(pair)
    pair.turn()
    pair.deliver(pair.client, pair.scheduler)
    moves.clientSays?.(pair)
    pair.cut()
    pair.dial()
    pair.turn()
    pair.deliver(pair.client, pair.scheduler)
    pair.turn()
    pair.deliver(pair.scheduler, pair.client)
    pair.turn()
    assert.deepEqual(
      pair.client.onItsWay.map((bytes) => Wire.decode(bytes, Wire.toScheduler).messages),
      [[cancel(2)]],
    )
  })
})

test("many short messages do not wait for an acknowledgement that never comes, whatever the limits are", () => {
  for (const payloadBytesMax of [1_024, 100_000]) {
    const pair = new Pair(makeLimits({ payloadBytesMax }))
    for (let task = 1; task <= 100_000; task++) pair.client.link.send(cancel(task))
    pair.flow()
    assert.equal(tasksOf(pair.scheduler.heard).length, 100_000)
  }
})
