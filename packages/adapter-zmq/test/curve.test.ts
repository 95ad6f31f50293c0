/** With keys nobody is heard who is not allowed, and nobody else hears. */
import {
  BindFailed,
  type BindOptions,
  type ConnectOptions,
  ZmqTransport,
} from "@scaler-ts/adapter-zmq"
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import assert from "node:assert/strict"
import { describe } from "vitest"
import { Reply } from "zeromq"
import { proofTo } from "../src/internal/proof.ts"
import { anna, ben, bindKeys, curveOf, keysOf, mallory, ours } from "./fixtures/keys.ts"
import { anyPort, hub, spoke, text, until } from "./fixtures/peers.ts"
import { Proxy } from "./fixtures/Proxy.ts"
import { Stranger } from "./fixtures/Stranger.ts"

describe("who has a key that is allowed", () => {
  it.live("is heard, and each end knows the key of the other while they speak", () =>
    Effect.gen(function* () {
      const { transport, told } = yield* hub(bindKeys)
      const a = yield* spoke(transport.address, { ...keysOf(anna), name: "a" })
      const b = yield* spoke(transport.address, { ...keysOf(ben), name: "b" })
      a.transport.send("scheduler", text("one"))
      b.transport.send("scheduler", text("two"))
      yield* until(() => told.length === 2)
      assert.deepEqual(told.toSorted(), ["a: one", "b: two"])
      const keys = ["a", "b", "nobody"].map((name) => transport.keyOf?.(name))
      assert.deepEqual(keys, [anna.publicKey, ben.publicKey, undefined])
      assert.equal(a.transport.keyOf?.("scheduler"), ours.publicKey)
      assert.equal(a.transport.keyOf?.("b"), undefined)
      transport.disconnect("a")
      assert.equal(transport.keyOf?.("a"), undefined)
      yield* until(() => a.told.length > 0)
      assert.equal(a.transport.keyOf?.("scheduler"), undefined)
    }),
  )

  it.live("may come from beyond this machine, and nobody has to say that it is insecure", () =>
    Effect.gen(function* () {
      const { transport } = yield* hub(bindKeys, "tcp://0.0.0.0:*")
      assert.match(transport.address, /0\.0\.0\.0/)
      yield* spoke(transport.address, keysOf(anna))
    }),
  )

  it.live("is not overheard", () =>
    Effect.gen(function* () {
      const overheardOf = (bindOptions: BindOptions, mine: ConnectOptions) =>
        Effect.scoped(
          Effect.gen(function* () {
            const heard: Array<Buffer> = []
            const { transport, told } = yield* hub(bindOptions)
            const proxy = yield* Effect.acquireRelease(
              Effect.promise(() =>
                Proxy.open(anyPort, transport.address, {
                  overhears: (bytes) => void heard.push(bytes),
                }),
              ),
              (proxy) => Effect.sync(() => proxy.close()),
            )
            const a = yield* spoke(proxy.address, { ...mine, name: "known name" })
            a.transport.send("scheduler", text("a secret word"))
            yield* until(() => told.length === 1)
            transport.send("known name", text("a secret answer"))
            yield* until(() => a.told.length === 1)
            const all = Buffer.concat(heard).toString("latin1")
            return ["known name", "a secret word", "a secret answer"].filter((one) =>
              all.includes(one),
            )
          }),
        )
      assert.equal((yield* overheardOf({}, {})).length, 3, "one would see it without keys")
      assert.deepEqual(yield* overheardOf(bindKeys, keysOf(anna)), [])
    }),
  )

  it.live("may send a frame as long as is allowed", () =>
    Effect.gen(function* () {
      const frameBytesMax = 100_000
      const { transport, told } = yield* hub({ ...bindKeys, frameBytesMax })
      const mine = { ...keysOf(anna), name: "a", frameBytesMax }
      const a = yield* spoke(transport.address, mine)
      const longest = "x".repeat(frameBytesMax)
      a.transport.send("scheduler", text(longest))
      yield* until(() => told.length === 1)
      assert.deepEqual(told, [`a: ${longest}`])
      transport.send("a", text(longest))
      yield* until(() => a.told.length === 1)
      assert.deepEqual(a.told, [`scheduler: ${longest}`])
    }),
  )

  it.live("is let in by the hub that allows it, and not by another of the process", () =>
    Effect.gen(function* () {
      const one = yield* hub({ keys: ours, allowed: [anna.publicKey] })
      const other = yield* hub({ keys: ours, allowed: { workers: [ben.publicKey] } })
      yield* spoke(one.transport.address, keysOf(anna))
      yield* spoke(other.transport.address, keysOf(ben))
      const failed = yield* Effect.flip(spoke(other.transport.address, keysOf(anna)))
      assert.match(failed.message, /does not let in the key/)
    }),
  )
})

describe("who is not let in", () => {
  it.live("with a key that is not allowed: at once, and it is told which", () =>
    Effect.gen(function* () {
      const { transport, told } = yield* hub(bindKeys)
      const connectMs = 600_000
      const failed = yield* Effect.flip(spoke(transport.address, { ...keysOf(mallory), connectMs }))
      assert.ok(failed.message.includes(`${transport.address} does not let in the key`))
      assert.ok(failed.message.includes(mallory.publicKey))
      assert.match(failed.message, /have it listed in its allowedFile/)
      assert.deepEqual(told, [])
    }),
  )

  const within = { connectMs: 300 }

  it.live("without keys: within its bound, and told what it needs", () =>
    Effect.gen(function* () {
      const { transport, told } = yield* hub(bindKeys)
      const failed = yield* Effect.flip(spoke(transport.address, within))
      assert.match(failed.message, /asks for keys, and we have none; connect with keysFile and/)
      assert.match(failed.message, /tried for 300 ms/)
      assert.deepEqual(told, [])
    }),
  )

  it.live("who expects another scheduler's key says nothing to this one", () =>
    Effect.gen(function* () {
      const { transport, told } = yield* hub(bindKeys)
      const wrong = { ...keysOf(anna), ...within, server: mallory.publicKey }
      const failed = yield* Effect.flip(spoke(transport.address, wrong))
      assert.match(failed.message, /hung up when it was to show its key; check that serverFile/)
      assert.deepEqual(told, [])
    }),
  )

  it.live("who has keys says nothing to a scheduler that has none", () =>
    Effect.gen(function* () {
      const { transport, told } = yield* hub()
      const failed = yield* Effect.flip(spoke(transport.address, { ...keysOf(anna), ...within }))
      assert.match(failed.message, /has no keys; give the scheduler keysFile and allowedFile/)
      assert.deepEqual(told, [])
    }),
  )
})

describe("a hello of one whose connection is let in", () => {
  const about = { name: "a", instance: "a of a test" }

  const wrong: ReadonlyArray<readonly [what: string, reason: RegExp, proof: object]> = [
    ["that proves nothing", /proves no key/, {}],
    [
      "with another's key and its own code",
      /does not prove the key/,
      { proof: { ...proofTo(ours.publicKey, ben, about), key: anna.publicKey } },
    ],
    [
      "with what another said for another name",
      /does not prove the key/,
      { proof: proofTo(ours.publicKey, anna, { ...about, name: "b" }) },
    ],
    [
      "with what another said as another instance",
      /does not prove the key/,
      { proof: proofTo(ours.publicKey, anna, { ...about, instance: "b" }) },
    ],
    [
      "with what another said to another hub",
      /does not prove the key/,
      { proof: proofTo(mallory.publicKey, anna, about) },
    ],
    [
      "with a key that is not allowed",
      /is not allowed here/,
      { proof: proofTo(ours.publicKey, mallory, about) },
    ],
    ["with what is no code", /say Hello first/, { proof: { key: ben.publicKey, code: "" } }],
    ["with what is no key", /say Hello first/, { proof: { key: "", code: "0".repeat(64) } }],
  ]

  for (const [what, reason, proof] of wrong) {
    it.live(`${what} is refused`, () =>
      Effect.gen(function* () {
        const { transport, told } = yield* hub(bindKeys)
        const stranger = yield* Stranger.at(transport.address, curveOf(ben))
        stranger.says("a frame")
        stranger.greets("a", proof)
        stranger.says("another")
        yield* until(() => stranger.refusals.length === 3)
        assert.match(stranger.refusals[1] ?? "", reason)
        assert.deepEqual([stranger.heardOf("Welcome"), told], [[], []])
        assert.equal(transport.keyOf?.("a"), undefined)
      }),
    )
  }

  it.live("does not take the place of one of another key, though it knows its instance", () =>
    Effect.gen(function* () {
      const { transport } = yield* hub(bindKeys)
      const first = yield* Stranger.at(transport.address, curveOf(anna))
      first.greets("a", { proof: proofTo(ours.publicKey, anna, about) })
      yield* until(() => first.heardOf("Welcome").length === 1)
      const second = yield* Stranger.at(transport.address, curveOf(ben))
      second.greets("a", { proof: proofTo(ours.publicKey, ben, about) })
      yield* until(() => second.heardOf("Held").length === 1)
      assert.equal(transport.keyOf?.("a"), anna.publicKey)
    }),
  )

  it.live("proves nothing to a hub that asks for no keys", () =>
    Effect.gen(function* () {
      const { transport, told } = yield* hub()
      const stranger = yield* Stranger.at(transport.address)
      stranger.greets("a", { proof: proofTo(ours.publicKey, anna, about) })
      stranger.says("hello")
      yield* until(() => told.length === 1)
      assert.equal(transport.keyOf?.("a"), undefined)
      assert.equal(transport.admission, undefined)
    }),
  )
})

describe("the place where ZeroMQ asks", () => {
  const place = "inproc://zeromq.zap.01"

  it.live("is free again when nobody listens with keys any more", () =>
    Effect.gen(function* () {
      for (let times = 0; times < 3; times++) yield* Effect.scoped(hub(bindKeys))
      const other = new Reply()
      yield* Effect.promise(() => other.bind(place))
      const failed = yield* Effect.flip(ZmqTransport.bind(anyPort, bindKeys))
      assert.ok(failed instanceof BindFailed)
      assert.match(failed.message, /something else in this process.*answers for ZeroMQ's keys/)
      yield* Effect.promise(() => other.unbind(place))
      other.close()
      const { transport } = yield* hub(bindKeys)
      yield* spoke(transport.address, keysOf(anna))
    }),
  )
})

describe("options", () => {
  const dies = (effect: Effect.Effect<unknown, unknown>) =>
    Effect.map(Effect.exit(effect), (exit) => {
      const defect = exit._tag === "Failure" ? exit.cause.reasons[0] : undefined
      assert.ok(defect?._tag === "Die" && defect.defect instanceof RangeError)
      return defect.defect.message
    })
  const allowed = [anna.publicKey]
  const server = ours.publicKey

  const halves: ReadonlyArray<readonly [options: BindOptions, RegExp]> = [
    [{ keys: ours }, /not who is allowed; give allowed or allowedFile/],
    [{ keysFile: "a" }, /not who is allowed; give allowed or allowedFile/],
    [{ allowed }, /no keys are given; give keys or keysFile/],
    [{ keys: ours, keysFile: "a", allowed }, /keys and keysFile are given; give one of them/],
    [{ keys: ours, allowed, allowedFile: "a" }, /allowed and allowedFile are given; give one/],
    [{ keys: ours, allowed: [] }, /allowed lists nobody/],
    [{ keys: ours, allowed: { workers: ["x"] } }, /allowed.workers has "x", which is no public/],
  ]
  for (const [options, message] of halves) {
    it.live(`${JSON.stringify(Object.keys(options))} of who listens: ${message.source}`, () =>
      Effect.gen(function* () {
        assert.match(yield* dies(Effect.scoped(ZmqTransport.bind(anyPort, options))), message)
      }),
    )
  }

  const others: ReadonlyArray<readonly [options: ConnectOptions, RegExp]> = [
    [{ keys: anna }, /not the scheduler's; give server or serverFile/],
    [{ server }, /none of our own; give keys or keysFile/],
    [{ serverFile: "a" }, /none of our own; give keys or keysFile/],
    [{ keys: anna, server, serverFile: "a" }, /server and serverFile are given; give one/],
    [{ keys: anna, server: "x" }, /server has "x", which is no public key/],
    [{ keys: anna, server: "0".repeat(40) }, /is nobody's/],
  ]
  for (const [options, message] of others) {
    it.live(`${JSON.stringify(Object.keys(options))} of who connects: ${message.source}`, () =>
      Effect.gen(function* () {
        const connecting = ZmqTransport.connect("tcp://127.0.0.1:1", options)
        assert.match(yield* dies(Effect.scoped(connecting)), message)
      }),
    )
  }

  it.live("of a pair only the secret key counts", () =>
    Effect.gen(function* () {
      const { transport } = yield* hub({ keys: { ...ours, publicKey: ben.publicKey }, allowed })
      yield* spoke(transport.address, { server, keys: { ...anna, publicKey: ben.publicKey } })
    }),
  )
})
