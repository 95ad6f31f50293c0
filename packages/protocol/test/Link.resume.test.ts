/** Two links whose connection breaks again and again: what was said arrives in order, once each. */
import { FramesLost, Link, type Message, type Transport, Wire } from "@scaler-ts/protocol"
import * as fc from "fast-check"
import assert from "node:assert/strict"
import { describe, test } from "vitest"
import { seedOf } from "./seed.ts"

type ToClient = Message.SchedulerToClient
type ToScheduler = Message.ToScheduler

const say = (task: number): Message.TaskCancel => ({
  _tag: "TaskCancel",
  task,
  attempt: 0,
  force: true,
})
const answer = (task: number): Message.TaskStarted => ({
  _tag: "TaskStarted",
  task,
  attempt: 1,
  worker: "w",
})
const hello: Message.ClientHello = { _tag: "ClientHello", session: "s" }
const echo: Message.HelloEcho = { _tag: "HelloEcho", session: "s", scheduler: "scheduler" }

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
  private isCut = false
  private isGreeting = false

  constructor() {
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

const tasksOf = (messages: ReadonlyArray<Message.Message>): ReadonlyArray<number> =>
  messages.flatMap((message) => ("task" in message ? [message.task] : []))

const upTo = (count: number): ReadonlyArray<number> =>
  Array.from({ length: count }, (_, index) => index + 1)

const moves: Readonly<Record<string, (pair: Pair) => void>> = {
  clientSays: ({ client }) => client.link.send(say(++client.said)),
  schedulerSays: ({ scheduler }) => scheduler.link.send(answer(++scheduler.said)),
  turn: (pair) => pair.turn(),
  schedulerHears: (pair) => pair.deliver(pair.client, pair.scheduler),
  clientHears: (pair) => pair.deliver(pair.scheduler, pair.client),
  cut: (pair) => pair.cut(),
  dial: (pair) => pair.dial(),
}

describe("over connections that break", () => {
  test("everything arrives in order and once each, wherever they break", () => {
    const schedule = fc.array(fc.constantFrom(...Object.keys(moves)), { maxLength: 60 })
    fc.assert(
      fc.property(schedule, (names) => {
        const pair = new Pair()
        for (const name of names) moves[name]?.(pair)
        pair.dial()
        pair.flow()
        assert.deepEqual(tasksOf(pair.scheduler.heard), upTo(pair.client.said))
        assert.deepEqual(tasksOf(pair.client.heard), upTo(pair.scheduler.said))
      }),
      { seed: seedOf("resumed links"), numRuns: 5_000 },
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
      [[say(2)]],
    )
  })
})

describe("a link that keeps what was sent", () => {
  /** A link with its peer in the test's hand. */
  const lone = (options = {}) => {
    const sent: Array<Uint8Array> = []
    const disconnected: Array<string> = []
    const transport: Transport = {
      self: "a",
      listen: () => {},
      send: (_, frame) => sent.push(frame) > 0,
      disconnect: (peer) => void disconnected.push(peer),
      close: () => {},
    }
    const link = new Link<ToScheduler, ToClient>(transport, (run) => run(), "b", Wire.toClient, {
      resumes: true,
      ...options,
    })
    const take = () => sent.splice(0).map((bytes) => Wire.decode(bytes, Wire.toScheduler))
    return { link, take, disconnected }
  }

  test("says that frames have come when it has nothing else to say, once in 64", () => {
    const { link, take } = lone()
    link.send(hello)
    take()
    for (let n = 1; n <= 130; n++) link.receive(Wire.encode([answer(n)], n, 1))
    assert.deepEqual(take(), [
      { sequence: 1, acknowledged: 64, messages: [], skipped: 0 },
      { sequence: 1, acknowledged: 128, messages: [], skipped: 0 },
    ])
  })

  test("takes a frame that only acknowledges for none, unless one before it is missing", () => {
    const { link } = lone()
    link.send(hello)
    assert.deepEqual(link.receive(Wire.encode([answer(1)], 1, 1)), [answer(1)])
    assert.deepEqual(link.receive(Wire.encode([], 1, 1)), [])
    assert.deepEqual(link.receive(Wire.encode([answer(2)], 2, 1)), [answer(2)])
    assert.ok(link.receive(Wire.encode([], 3, 1)) instanceof FramesLost)
  })

  test("waits for its peer when 1,024 frames are unacknowledged, and goes on when they are", () => {
    const { link, take } = lone()
    for (let n = 1; n <= 2_000; n++) link.send(say(n))
    assert.equal(take().length, 1_024)
    link.receive(Wire.encode([echo], 1, 1_000))
    assert.deepEqual(
      take().flatMap(({ messages }) => tasksOf(messages)),
      upTo(2_000).slice(1_024),
    )
  })

  test("does not take a frame for acknowledged that was never sent", () => {
    const { link } = lone()
    link.send(hello)
    const heard = link.receive(Wire.encode([echo], 1, 2))
    assert.ok(heard instanceof Error)
    assert.match(heard.message, /frame 2 was never sent, only 1/)
  })

  test("hears the end of a session by one who begins to count anew", () => {
    const { link } = lone()
    link.send(hello)
    for (const n of [1, 2]) link.receive(Wire.encode([answer(n)], n, 1))
    const end: Message.ProtocolErrorMessage = { _tag: "ProtocolError", reason: "unknown" }
    assert.deepEqual(link.receive(Wire.encode([end], 1, 0)), [end])
  })

  test("gives up when more has to be kept for one who is away than its limits allow", () => {
    let overflows = 0
    const { link } = lone({ overflowed: () => overflows++ })
    link.send(hello)
    link.suspend()
    const line = "x".repeat(1_000_000)
    for (let n = 1; n <= 90; n++) link.send({ _tag: "TaskLog", task: 1, attempt: 1, line })
    assert.equal(overflows, 0)
    for (let n = 1; n <= 10; n++) link.send({ _tag: "TaskLog", task: 1, attempt: 1, line })
    assert.equal(overflows, 1)
  })

  test("gives up on one who is there and never acknowledges, unless it may take its time", () => {
    const flood = (isPatient: boolean): number => {
      let overflows = 0
      const { link, take } = lone({ isPatient, overflowed: () => overflows++ })
      link.send(hello)
      const line = "x".repeat(1_000_000)
      for (let n = 1; n <= 200; n++) link.send({ _tag: "TaskLog", task: 1, attempt: 1, line })
      take()
      return overflows
    }
    assert.deepEqual([flood(false), flood(true)], [1, 0])
  })

  test("closes once its last word was heard, or at once where nobody can hear it", () => {
    const { link, disconnected } = lone()
    link.send(hello)
    link.receive(Wire.encode([echo], 1, 1))
    link.send(say(1))
    link.close({ acknowledged: true })
    assert.deepEqual(disconnected, [])
    link.receive(Wire.encode([], 1, 2))
    assert.deepEqual(disconnected, ["b"])

    const away = lone()
    away.link.send(hello)
    away.link.suspend()
    away.link.close({ acknowledged: true })
    away.link.resume({ answer: true })
    assert.deepEqual([away.take().length, away.disconnected], [1, []])
  })
})
