import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import { createServer } from "node:http"
import { once } from "node:events"
import { connect } from "node:net"
import { parseAddress } from "../src/address.ts"
import { prometheus, TelemetryFailed } from "../src/index.ts"

const get = (url: string, init?: RequestInit) =>
  Effect.promise(async () => {
    const response = await fetch(url, init)
    return { status: response.status, headers: response.headers, text: await response.text() }
  })

it("addresses", () => {
  const at = (text: string) => {
    const address = parseAddress(text)
    return address instanceof TelemetryFailed ? address.message : address
  }
  assert.deepStrictEqual(at("10.0.0.1:9464"), { host: "10.0.0.1", port: 9464 })
  assert.deepStrictEqual(at("[::1]:0"), { host: "::1", port: 0 })
  for (const alone of ["9464", ":9464", " 9464 "]) {
    assert.deepStrictEqual(at(alone), { host: "127.0.0.1", port: 9464 })
  }
  for (const none of ["", "host", "host:", "host:65536", "::1:9464", "http://host:1", "a:b:1"]) {
    assert.match(JSON.stringify(at(none)), /is no address to serve metrics at; give host:port/)
  }
})

describe("what is served", () => {
  it.live("is the registry as it is when it is asked for, in the text format", () =>
    Effect.gen(function* () {
      const gauge = Metric.gauge("served", { description: "What\nis", attributes: { a: 'b"\\' } })
      const { url, port } = yield* prometheus("127.0.0.1:0")
      assert.strictEqual(url, `http://127.0.0.1:${port}/metrics`)
      for (const value of [1, 2.5]) {
        yield* Metric.update(gauge, value)
        const { status, headers, text } = yield* get(url)
        assert.strictEqual(status, 200)
        assert.strictEqual(headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8")
        assert.strictEqual(
          text,
          `# HELP served What\\nis\n# TYPE served gauge\nserved{a="b\\"\\\\"} ${value}\n`,
        )
      }
    }).pipe(Effect.provideService(Metric.MetricRegistry, new Map())),
  )

  it.live("is nowhere else, and is not changed from here", () =>
    Effect.gen(function* () {
      const { url } = yield* prometheus("0")
      const elsewhere = yield* get(url.replace("/metrics", "/"))
      assert.deepStrictEqual(
        [elsewhere.status, elsewhere.text],
        [404, "The metrics are at /metrics.\n"],
      )
      const posted = yield* get(url, { method: "POST", body: "x" })
      assert.deepStrictEqual([posted.status, posted.headers.get("allow")], [405, "GET, HEAD"])
      const head = yield* get(`${url}?x=1`, { method: "HEAD" })
      assert.deepStrictEqual([head.status, head.text], [200, ""])
    }),
  )

  it.live("is gone with the scope, whoever is connected", () =>
    Effect.gen(function* () {
      const port = yield* Effect.scoped(
        Effect.gen(function* () {
          const serving = yield* prometheus("0")
          const idle = connect(serving.port, serving.host)
          yield* Effect.promise(() => once(idle, "connect"))
          return serving.port
        }),
      )
      const again = yield* prometheus(`127.0.0.1:${port}`)
      assert.strictEqual(again.port, port)
    }),
  )
})

describe("an address that cannot be had fails with what to do", () => {
  it.live("because it is taken", () =>
    Effect.gen(function* () {
      const other = createServer().listen(0, "127.0.0.1")
      yield* Effect.addFinalizer(() => Effect.sync(() => other.close()))
      yield* Effect.promise(() => once(other, "listening"))
      const address = other.address()
      const taken = `127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`
      const error = yield* Effect.flip(prometheus(taken))
      assert.instanceOf(error, TelemetryFailed)
      assert.strictEqual(
        error.message,
        `metrics cannot be served at ${taken}: something else listens there; give another port, or 0 for any that is free`,
      )
    }),
  )

  it.live("because it is not one of this machine", () =>
    Effect.gen(function* () {
      const { message } = yield* Effect.flip(prometheus("192.0.2.1:0"))
      assert.match(message, /^metrics cannot be served at 192\.0\.2\.1:0: this machine has no such/)
    }),
  )
})
