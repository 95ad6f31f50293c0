import { BindFailed, ZmqTransport } from "@scaler-ts/adapter-zmq"
import { ConnectionFailed, Transport } from "@scaler-ts/runtime"
import { it } from "@effect/vitest"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import assert from "node:assert/strict"
import { once } from "node:events"
import { existsSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { describe } from "vitest"
import { Router } from "zeromq"
import { temporary } from "../../worker/test/fixtures/processEvidence.ts"
import { encode } from "../src/internal/control.ts"
import { anyPort, hub, listening, spoke, text, until } from "./fixtures/peers.ts"
import { tcpAddressOf } from "./fixtures/tcpAddressOf.ts"

/** An address where nobody listens: it was free a moment ago. */
const freeAddress = Effect.promise(async () => {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const address = tcpAddressOf(server)
  server.close()
  return address
})

describe("connect", () => {
  it.live("to nothing fails within its bound, and names the address", () =>
    Effect.gen(function* () {
      const address = yield* freeAddress
      const failed = yield* Effect.flip(ZmqTransport.connect(address, { connectMs: 200 }))
      assert.ok(failed instanceof ConnectionFailed)
      assert.match(failed.message, new RegExp(`${address}.*nobody listens at.*tried for 200 ms`))
    }),
  )

  it.live("to a path where there is nothing fails likewise", () =>
    Effect.gen(function* () {
      using folder = temporary()
      const address = `ipc://${folder.file("nobody")}`
      const failed = yield* Effect.flip(ZmqTransport.connect(address, { connectMs: 200 }))
      assert.match(failed.message, /nobody.*tried for 200 ms/)
    }),
  )

  it.live("to something that is no scheduler fails, and says so", () =>
    Effect.gen(function* () {
      const web = createServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"))
      web.listen(0, "127.0.0.1")
      yield* Effect.addFinalizer(() => Effect.sync(() => web.close()))
      yield* Effect.promise(() => once(web, "listening"))
      const connecting = ZmqTransport.connect(tcpAddressOf(web), { connectMs: 200 })
      const failed = yield* Effect.flip(connecting)
      assert.match(failed.message, /is no scheduler; check the address.*tried for 200 ms/)
    }),
  )

  it.live("to a hub that says garbage ends with the reason, when it says so", () =>
    Effect.gen(function* () {
      const router = new Router({ linger: 0, sendTimeout: 0 })
      yield* Effect.addFinalizer(() => Effect.sync(() => router.close()))
      yield* Effect.promise(() => router.bind("tcp://127.0.0.1:*"))
      void (async () => {
        const [id = ""] = await router.receive()
        const room = { frames: 10, bytes: 1_000 }
        await router.send([id, encode({ _tag: "Welcome", name: "scheduler", room }), ""])
        const [from = ""] = await router.receive()
        await router.send([from, "garbage", ""])
      })()
      const a = yield* spoke(router.lastEndpoint ?? "")
      a.transport.send("scheduler", text("hello"))
      yield* until(() => a.told.length > 0)
      assert.deepEqual(a.told, ["scheduler gone: it said what cannot be read"])
    }),
  )

  it.live("waits for a scheduler that comes later", () =>
    Effect.gen(function* () {
      const address = yield* freeAddress
      const connecting = yield* Effect.forkChild(spoke(address, { name: "a" }), {
        startImmediately: true,
      })
      const late = yield* hub({}, address)
      const a = yield* Fiber.join(connecting)
      a.transport.send("scheduler", text("hello"))
      yield* until(() => late.told.length > 0)
      assert.deepEqual(late.told, ["a: hello"])
    }),
  )

  it.live("can be interrupted", () =>
    Effect.gen(function* () {
      const address = yield* freeAddress
      const connecting = yield* Effect.forkChild(ZmqTransport.connect(address), {
        startImmediately: true,
      })
      yield* Fiber.interrupt(connecting)
    }),
  )

  it.live("makes up a name that nobody else has", () =>
    Effect.gen(function* () {
      const { transport } = yield* hub()
      const spokes = yield* Effect.all([spoke(transport.address), spoke(transport.address)])
      assert.equal(new Set(spokes.map((one) => one.transport.self)).size, 2)
    }),
  )
})

describe("bind", () => {
  it.live("where somebody listens fails, and says so", () =>
    Effect.gen(function* () {
      const { transport } = yield* hub()
      const failed = yield* Effect.flip(ZmqTransport.bind(transport.address))
      assert.ok(failed instanceof BindFailed)
      assert.match(failed.message, /tcp:.*: somebody listens there already; use another port/)
    }),
  )

  it.live("does not take a path away from whoever listens there", () =>
    Effect.gen(function* () {
      using folder = temporary()
      const address = `ipc://${folder.file("socket")}`
      yield* Effect.scoped(
        Effect.gen(function* () {
          const first = yield* hub({}, address)
          const failed = yield* Effect.flip(ZmqTransport.bind(address))
          assert.match(failed.message, /somebody listens there already/)
          const a = yield* spoke(address, { name: "a" })
          a.transport.send("scheduler", text("hello"))
          yield* until(() => first.told.length > 0)
        }),
      )
    }),
  )

  it.live("takes a path that one who died has left, and leaves none", () =>
    Effect.gen(function* () {
      using folder = temporary()
      const path = folder.file("socket")
      writeFileSync(path, "")
      yield* Effect.scoped(hub({}, `ipc://${path}`))
      assert.equal(existsSync(path), false)
    }),
  )

  it.live("frees its port when its scope closes", () =>
    Effect.gen(function* () {
      const first = yield* Effect.scoped(hub())
      yield* hub({}, first.transport.address)
    }),
  )

  it.live("refuses more than it allows, and says why", () =>
    Effect.gen(function* () {
      const { transport } = yield* hub({ connectionsMax: 1 })
      yield* spoke(transport.address)
      const failed = yield* Effect.flip(spoke(transport.address))
      assert.match(failed.message, /1 are connected, and more are not allowed/)
    }),
  )
})

describe("addresses", () => {
  const dies = (effect: Effect.Effect<unknown, unknown>) =>
    Effect.map(Effect.exit(effect), (exit) => {
      assert.equal(exit._tag, "Failure")
      const defect = exit._tag === "Failure" ? exit.cause.reasons[0] : undefined
      assert.ok(defect?._tag === "Die" && defect.defect instanceof RangeError)
      return defect.defect.message
    })

  for (const address of ["tcp://0.0.0.0:*", "tcp://*:*", "tcp://[::]:*"]) {
    it.live(`${address} is reached from outside, and has to be meant`, () =>
      Effect.gen(function* () {
        const message = yield* dies(Effect.scoped(ZmqTransport.bind(address)))
        assert.match(message, /beyond this machine.*insecure: true/)
      }),
    )
  }

  it.live("who says that it is meant may listen everywhere", () =>
    Effect.gen(function* () {
      const { transport } = yield* hub({ insecure: true }, "tcp://0.0.0.0:*")
      const port = transport.address.split(":").at(-1)
      yield* spoke(`tcp://127.0.0.1:${port}`)
    }),
  )

  it.live("the same holds for who connects", () =>
    Effect.gen(function* () {
      const message = yield* dies(Effect.scoped(ZmqTransport.connect("tcp://192.0.2.1:5555")))
      assert.match(message, /insecure: true/)
    }),
  )

  it.live("what is no address is refused with an example of one", () =>
    Effect.gen(function* () {
      for (const address of ["localhost:5555", "http://a", "tcp://127.0.0.1", "inproc://x", ""]) {
        const message = yield* dies(Effect.scoped(ZmqTransport.bind(address)))
        assert.match(message, /is no address; give tcp:\/\/host:port/)
      }
    }),
  )
})

describe("layers", () => {
  it.live("layerConfig and layerBindConfig take address and options from configuration", () =>
    Effect.gen(function* () {
      const config = {
        address: Config.String("address"),
        name: Config.String("name"),
        connectMs: Config.Finite("connectMs"),
      }
      const { transport, told } = yield* hub()
      const { address } = transport
      const provider = ConfigProvider.fromUnknown({ address, name: "configured", connectMs: 900 })
      const built = yield* Layer.build(ZmqTransport.layerConfig(config)).pipe(
        Effect.provide(ConfigProvider.layer(provider)),
      )
      const mapped = yield* Effect.provide(
        Effect.map(Transport, listening),
        Layer.succeedContext(built),
      )
      mapped.transport.send("scheduler", text("hello"))
      yield* until(() => told.length > 0)
      assert.deepEqual(told, ["configured: hello"])

      const bound = ZmqTransport.layerBindConfig({ address: Config.succeed(anyPort) })
      const name = Effect.map(Transport, ({ self }) => self)
      assert.equal(yield* Effect.provide(name, bound), "scheduler")
    }),
  )
})
