/** Whoever does what it should not loses what it has, and nobody else anything. */
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import assert from "node:assert/strict"
import { randomBytes } from "node:crypto"
import { connect, type Socket } from "node:net"
import { describe } from "vitest"
import { Publisher, Pull, Reply, Request, Subscriber } from "zeromq"
import { encode, version } from "../src/internal/control.ts"
import { hub, spoke, text, until } from "./fixtures/peers.ts"
import { Stranger } from "./fixtures/Stranger.ts"

/** A hub, and a peer whose work goes on whatever somebody else does. */
const atWork = Effect.gen(function* () {
  const { transport, told } = yield* hub({ outboxFramesMax: 50 })
  const honest = yield* spoke(transport.address, { name: "honest" })
  let sent = 0
  return {
    hub: transport,
    told,
    /** What the hub was told of others. */
    ofOthers: () => told.filter((what) => !what.startsWith("honest: ")),
    /** Another frame goes each way, and nothing of the others came between. */
    goesOn: Effect.gen(function* () {
      const number = ++sent
      honest.transport.send("scheduler", text(`${number}`))
      yield* until(() => told.includes(`honest: ${number}`))
      transport.send("honest", text(`${number}`))
      yield* until(() => honest.told.includes(`scheduler: ${number}`))
      assert.deepEqual(honest.told.length, number)
    }),
  }
})

const rawSocket = (address: string): Effect.Effect<Socket, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const { hostname, port } = new URL(address)
      return connect(Number(port), hostname).on("error", () => {})
    }),
    (socket) => Effect.sync(() => socket.destroy()),
  )

describe("bytes that are no ZeroMQ", () => {
  const greeting = Buffer.from("ff00000000000000017f0300", "hex")
  const garbage: ReadonlyArray<readonly [what: string, bytes: Buffer]> = [
    ["zeros", Buffer.alloc(10_000)],
    ["a greeting of nonsense", Buffer.concat([greeting, randomBytes(10_000)])],
  ]

  for (const [what, bytes] of garbage) {
    it.live(`${what}: the connection is ended, and nobody else notices`, () =>
      Effect.gen(function* () {
        const town = yield* atWork
        const socket = yield* rawSocket(town.hub.address)
        let isEnded = false
        socket.on("close", () => (isEnded = true)).resume()
        socket.write(bytes)
        yield* until(() => isEnded)
        yield* town.goesOn
        assert.deepEqual(town.ofOthers(), [])
      }),
    )
  }

  it.live("a request of the web, which ZeroMQ takes for its own first version, is not heard", () =>
    Effect.gen(function* () {
      const town = yield* atWork
      const socket = yield* rawSocket(town.hub.address)
      let answer = ""
      socket.on("data", (bytes) => (answer += bytes.toString()))
      socket.write("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".padEnd(1_000, "x"))
      yield* until(() => answer.includes("say Hello first"))
      yield* town.goesOn
      assert.deepEqual(town.ofOthers(), [])
    }),
  )

  it.live("many at once, and connections on which nothing is said, keep nobody out", () =>
    Effect.gen(function* () {
      const town = yield* atWork
      for (let n = 0; n < 100; n++) {
        const socket = yield* rawSocket(town.hub.address)
        if (n % 2 === 0) socket.write(randomBytes(1_000))
      }
      yield* town.goesOn
      const late = yield* spoke(town.hub.address, { name: "late" })
      late.transport.send("scheduler", text("hello"))
      yield* until(() => town.told.includes("late: hello"))
      yield* town.goesOn
      assert.deepEqual(town.ofOthers(), ["late: hello"])
    }),
  )
})

describe("ZeroMQ sockets of another kind", () => {
  it.live("those that do not fit are let go by ZeroMQ", () =>
    Effect.gen(function* () {
      const town = yield* atWork
      const others = [new Subscriber(), new Publisher(), new Pull(), new Reply()]
      const refused = new Set<object>()
      for (const socket of others) {
        socket.events.on("handshake:error:protocol", () => void refused.add(socket))
        socket.events.on("disconnect", () => void refused.add(socket))
        socket.connect(town.hub.address)
      }
      yield* until(() => refused.size === others.length)
      for (const socket of others) socket.close()
      yield* town.goesOn
      assert.deepEqual(town.ofOthers(), [])
    }),
  )

  it.live("those that fit and speak something else are told so, and not heard", () =>
    Effect.gen(function* () {
      const town = yield* atWork
      const request = new Request({ linger: 0, sendTimeout: 0 })
      request.connect(town.hub.address)
      yield* Effect.promise(() => request.send("hello?"))
      const stranger = yield* Stranger.at(town.hub.address)
      for (const parts of [
        ["hello"],
        [""],
        ["a", "b"],
        ["a", "b", "c"],
        [encode({ _tag: "Bye" }), ""],
      ]) {
        stranger.says(...parts)
      }
      yield* until(() => stranger.refusals.length === 5)
      assert.match(stranger.refusals[0] ?? "", /say Hello first/)
      request.close()
      yield* town.goesOn
      assert.deepEqual(town.ofOthers(), [])
    }),
  )

  it.live("one that floods is not heard, and keeps nobody waiting", () =>
    Effect.gen(function* () {
      const town = yield* atWork
      const stranger = yield* Stranger.at(town.hub.address)
      for (let n = 0; n < 5_000; n++) stranger.says("flood")
      for (let n = 0; n < 5; n++) yield* town.goesOn
      assert.deepEqual(town.ofOthers(), [])
    }),
  )
})

describe("hellos", () => {
  it.live("of another version is refused, and told which is spoken", () =>
    Effect.gen(function* () {
      const town = yield* atWork
      const stranger = yield* Stranger.at(town.hub.address)
      stranger.greets("stranger", { version: version + 1 })
      yield* until(() => stranger.refusals.length > 0)
      const theirs = new RegExp(`version ${version + 1} is spoken there, and ${version} here`)
      assert.match(stranger.refusals[0] ?? "", theirs)
      yield* town.goesOn
    }),
  )

  it.live("that are not one are refused", () =>
    Effect.gen(function* () {
      const town = yield* atWork
      const stranger = yield* Stranger.at(town.hub.address)
      const hello = { protocol: "scaler-zmq", _tag: "Hello", version, name: "a", instance: "b" }
      const room = { frames: 1, bytes: 1 }
      const wrong: ReadonlyArray<unknown> = [
        null,
        [],
        7,
        { ...hello },
        { ...hello, room, protocol: "other" },
        { ...hello, room, name: "" },
        { ...hello, room, name: "a".repeat(1_001) },
        { ...hello, room, name: ["a"] },
        { ...hello, room, version: "1" },
        { ...hello, room: { frames: 0, bytes: 1 } },
        { ...hello, room: { frames: 1, bytes: -1 } },
        { ...hello, room: { frames: 1e300, bytes: 1 } },
        { ...hello, room, padding: "x".repeat(20_000) },
      ]
      for (const one of wrong) stranger.says(JSON.stringify(one), "")
      stranger.says(Buffer.from([0xff, 0xfe]), "")
      yield* until(() => stranger.refusals.length === wrong.length + 1)
      assert.deepEqual(stranger.heardOf("Welcome"), [])
      yield* town.goesOn
      assert.deepEqual(town.ofOthers(), [])
    }),
  )

  it.live("of one that waits for its name, and speaks all the same, come to nothing", () =>
    Effect.gen(function* () {
      const town = yield* atWork
      const first = yield* Stranger.at(town.hub.address)
      first.greets("name")
      yield* until(() => first.heardOf("Welcome").length === 1)
      const second = yield* Stranger.at(town.hub.address)
      second.greets("name", { instance: "another" })
      yield* until(() => second.heardOf("Held").length === 1)
      second.says("mine")
      yield* until(() => second.refusals.length === 1)
      assert.match(second.refusals[0] ?? "", /spoke before it was welcome/)
      first.says("mine, too")
      yield* until(() => town.told.includes("name: mine, too"))
      assert.deepEqual(town.ofOthers(), ["name: mine, too"])
    }),
  )

  it.live("cannot take the place of another connection by its number", () =>
    Effect.gen(function* () {
      const town = yield* atWork
      const first = yield* Stranger.at(town.hub.address, { routingId: "same" })
      first.greets("first")
      yield* until(() => first.heardOf("Welcome").length === 1)
      const second = yield* Stranger.at(town.hub.address, { routingId: "same" })
      second.greets("second")
      first.says("mine")
      yield* until(() => town.told.includes("first: mine"))
      yield* town.goesOn
      assert.deepEqual(town.ofOthers(), ["first: mine"])
      assert.deepEqual(second.heard, [])
    }),
  )
})

describe("one that is in", () => {
  const joined = Effect.gen(function* () {
    const town = yield* atWork
    const stranger = yield* Stranger.at(town.hub.address)
    stranger.greets("stranger")
    yield* until(() => stranger.heardOf("Welcome").length === 1)
    stranger.says("a frame")
    yield* until(() => town.told.includes("stranger: a frame"))
    return { ...town, stranger }
  })

  const breaches: ReadonlyArray<
    readonly [what: string, reason: RegExp, does: (stranger: Stranger) => void]
  > = [
    ["says what cannot be read", /cannot be read/, (one) => one.says("garbage", "")],
    ["sends a message of many parts", /too many parts/, (one) => one.says("a", "b", "c")],
    ["says hello twice", /Hello in a conversation/, (one) => one.greets("stranger")],
    [
      "takes what it was not sent",
      /more than it was sent/,
      (one) => one.tells({ _tag: "Taken", frames: 1, bytes: 1 }),
    ],
    ["hears a goodbye that nobody said", /not asked/, (one) => one.tells({ _tag: "ByeHeard" })],
  ]

  for (const [what, reason, does] of breaches) {
    it.live(`${what}: it is told, gone, and nobody else notices`, () =>
      Effect.gen(function* () {
        const { stranger, hub, told, ofOthers, goesOn } = yield* joined
        does(stranger)
        yield* until(() => stranger.refusals.length > 0)
        assert.match(stranger.refusals[0] ?? "", reason)
        yield* until(() => told.some((one) => one.startsWith("stranger gone")))
        stranger.says("more")
        yield* until(() => stranger.refusals.length > 1)
        assert.equal(hub.send("stranger", text("?")), true)
        yield* goesOn
        assert.match(ofOthers()[1] ?? "", reason)
        assert.match(ofOthers()[2] ?? "", /stranger gone: nobody named/)
        assert.equal(ofOthers().length, 3)
      }),
    )
  }

  it.live("takes nothing: its outbox is full, and only its own", () =>
    Effect.gen(function* () {
      const { hub, goesOn, ofOthers } = yield* joined
      const taken = Array.from({ length: 60 }, () => hub.send("stranger", text("x")))
      assert.deepEqual(taken.filter(Boolean).length, 50)
      yield* goesOn
      assert.deepEqual(ofOthers(), ["stranger: a frame"])
    }),
  )

  it.live("asks without end: it is answered, and keeps nobody waiting", () =>
    Effect.gen(function* () {
      const { stranger, goesOn, ofOthers } = yield* joined
      const count = 2_000
      for (let number = 1; number <= count; number++) stranger.tells({ _tag: "Ping", number })
      yield* goesOn
      yield* until(() => stranger.heardOf("Pong").at(-1)?.number === count)
      assert.deepEqual(ofOthers(), ["stranger: a frame"])
    }),
  )
})
