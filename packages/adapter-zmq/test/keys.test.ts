/** Keys, the files they are in, and what is said of files that cannot be used. */
import {
  AllowedKeys,
  BindFailed,
  KeyFileFailed,
  ZmqKeys,
  ZmqTransport,
} from "@scaler-ts/adapter-zmq"
import { ConnectionFailed, Transport } from "@scaler-ts/runtime"
import { it } from "@effect/vitest"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import assert from "node:assert/strict"
import { chmodSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { inspect } from "node:util"
import { describe } from "vitest"
import { curveKeyPair } from "zeromq"
import { temporary } from "../../worker/test/fixtures/processEvidence.ts"
import { decodeKey, encodeKey } from "../src/internal/z85.ts"
import { anna, ben, ours } from "./fixtures/keys.ts"
import { anyPort, hub, listening, spoke, text, until } from "./fixtures/peers.ts"

const failedBy = (run: () => unknown): KeyFileFailed => {
  try {
    run()
  } catch (error) {
    assert.ok(error instanceof KeyFileFailed)
    return error
  }
  return assert.fail("it did not fail")
}

describe("keys", () => {
  it("are those of ZeroMQ, and the public one comes of the secret one", () => {
    for (let times = 0; times < 20; times++) {
      const { publicKey, secretKey } = curveKeyPair()
      assert.equal(ZmqKeys.ofSecret(secretKey).publicKey, publicKey)
      assert.equal(ZmqKeys.ofSecret(Redacted.make(secretKey)).publicKey, publicKey)
    }
    assert.notEqual(ZmqKeys.generate().publicKey, ZmqKeys.generate().publicKey)
  })

  it("are written as RFC 32 writes bytes", () => {
    const bytes = Buffer.concat(
      ["864fd26fb559f75b", "0000000000000000", "ffffffffffffffff", "0000000100000055"].map((hex) =>
        Buffer.from(hex, "hex"),
      ),
    )
    const key = "HelloWorld0000000000%nSc0%nSc00000100010"
    assert.equal(encodeKey(bytes), key)
    assert.deepEqual(decodeKey(key), bytes)
  })

  it("are nothing else", () => {
    const key = anna.publicKey
    const wrong = ["", key.slice(1), `${key}0`, `${key.slice(1)} `, `%nSc1${key.slice(5)}`]
    for (const one of wrong) assert.equal(decodeKey(one), undefined, one)
    assert.throws(() => ZmqKeys.ofSecret("no key"), /^RangeError: .*give the 40 characters/)
  })

  it("do not show the secret one", () => {
    const secret = Redacted.value(anna.secretKey)
    assert.equal(`${inspect(anna)} ${JSON.stringify(anna)}`.includes(secret), false)
  })
})

describe("files of keys", () => {
  it("are read as they were written, and only the owner may read the secret one", () => {
    using folder = temporary()
    const file = folder.file("keys")
    const publicFile = ZmqKeys.write(anna, file)
    assert.equal(statSync(file).mode & 0o777, 0o600)
    assert.equal(Redacted.value(ZmqKeys.read(file).secretKey), Redacted.value(anna.secretKey))
    assert.equal(ZmqKeys.read(file).publicKey, anna.publicKey)
    assert.equal(publicFile, `${file}.pub`)
    assert.equal(ZmqKeys.readPublic(publicFile), anna.publicKey)
    const text = readFileSync(publicFile, "utf8")
    assert.equal(text, ZmqKeys.publicText(anna))
    assert.match(text, /^# scaler-ts public key.*\n.{40}\n$/)
    assert.equal(text.includes(Redacted.value(anna.secretKey)), false)
  })

  it("are never overwritten, neither of the two", () => {
    using folder = temporary()
    const file = folder.file("keys")
    ZmqKeys.write(anna, file)
    assert.match(failedBy(() => ZmqKeys.write(ben, file)).message, /keys: there is such a file/)
    assert.equal(ZmqKeys.read(file).publicKey, anna.publicKey)
    const other = folder.file("other")
    writeFileSync(`${other}.pub`, "mine")
    const { message } = failedBy(() => ZmqKeys.write(ben, other))
    assert.match(message, /other.pub: there is such a file already; give another name/)
    assert.equal(readFileSync(`${other}.pub`, "utf8"), "mine")
    assert.match(failedBy(() => ZmqKeys.read(other)).message, /there is no such file/)
  })

  it("that others may read are refused, with what to do", () => {
    using folder = temporary()
    const file = folder.file("keys")
    ZmqKeys.write(anna, file)
    for (const mode of [0o640, 0o604, 0o620, 0o610]) {
      chmodSync(file, mode)
      const { message } = failedBy(() => ZmqKeys.read(file))
      assert.ok(message.endsWith(`run: chmod 600 ${file}`), message)
    }
    chmodSync(file, 0o400)
    assert.equal(ZmqKeys.read(file).publicKey, anna.publicKey)
  })

  it("that are something else are refused, with what they are", () => {
    using folder = temporary()
    const file = folder.file("keys")
    const publicFile = ZmqKeys.write(anna, file)
    assert.match(failedBy(() => ZmqKeys.readPublic(file)).message, /has a secret key.*\.pub/)
    chmodSync(publicFile, 0o600)
    assert.match(failedBy(() => ZmqKeys.read(publicFile)).message, /a public key; give.*without/)
    const header = "# scaler-ts public key"
    const key = anna.publicKey
    for (const text of [
      "",
      key,
      `${header}\n`,
      `${header}\n${key}0`,
      `${header}\n${key}\n${key}`,
    ]) {
      writeFileSync(publicFile, text)
      assert.match(failedBy(() => ZmqKeys.readPublic(publicFile)).message, /no file of a public/)
    }
    assert.match(failedBy(() => ZmqKeys.read(folder.file("none"))).message, /no such file; check/)
    assert.match(failedBy(() => ZmqKeys.read(folder.file("."))).message, /chmod|directory/)
  })
})

describe("files of who is allowed", () => {
  it("have a line for each, and are read as lineOf writes them", () => {
    const entries: ReadonlyArray<AllowedKeys.Entry> = [
      { role: "client", publicKey: anna.publicKey, name: "Anna at work" },
      { role: "worker", publicKey: anna.publicKey, name: "" },
      { role: "operator", publicKey: ben.publicKey, name: "# Ben" },
    ]
    const lines = entries.map(AllowedKeys.lineOf)
    const file = ["# Who may come in", "", ...lines, "  "].join("\r\n")
    assert.deepEqual(AllowedKeys.parse(file, "a file"), entries)
    assert.deepEqual(AllowedKeys.parse(`  ${lines.join("\n\t")}`, "a file"), entries)
    assert.deepEqual(AllowedKeys.listed(entries), {
      clients: [anna.publicKey],
      workers: [anna.publicKey],
      operators: [ben.publicKey],
    })
  })

  it("that cannot be read are refused with the number of the line", () => {
    const wrong: ReadonlyArray<readonly [line: string, RegExp]> = [
      [`boss ${anna.publicKey}`, /line 3: "boss" is no role; begin with client, worker, operator/],
      [anna.publicKey, /line 3: .* is no role/],
      ["worker", /line 3: "" is no public key/],
      [`worker ${anna.publicKey}x Anna`, /line 3: .*x" is no public key; give the 40 characters/],
    ]
    for (const [line, reason] of wrong) {
      const { message } = failedBy(() => AllowedKeys.parse(`# Who\n\n${line}\n`, "the file"))
      assert.match(message, reason)
      assert.match(message, /the file/)
    }
  })
})

describe("transports by files", () => {
  const files = Effect.map(
    Effect.acquireRelease(Effect.sync(temporary), (folder) =>
      Effect.sync(() => folder[Symbol.dispose]()),
    ),
    (folder) => {
      const file = folder.file
      const serverFile = ZmqKeys.write(ours, file("scheduler"))
      ZmqKeys.write(anna, file("anna"))
      const allowedFile = file("allowed")
      const line = AllowedKeys.lineOf({ role: "worker", publicKey: anna.publicKey, name: "Anna" })
      writeFileSync(allowedFile, `${line}\n`)
      const bind = { keysFile: file("scheduler"), allowedFile }
      return { file, bind, connect: { keysFile: file("anna"), serverFile } }
    },
  )

  it.live("take them from configuration", () =>
    Effect.gen(function* () {
      const { bind, connect } = yield* files
      const configured = (values: object) =>
        Effect.provide(ConfigProvider.layer(ConfigProvider.fromUnknown(values)))
      const own = { address: Config.String("address"), keysFile: Config.String("keysFile") }
      const binding = ZmqTransport.layerBindConfig({
        ...own,
        allowedFile: Config.String("allowedFile"),
      })
      const address = `ipc://${bind.keysFile}.socket`
      const ofHub = yield* Layer.build(binding).pipe(configured({ address, ...bind }))
      const at = yield* Effect.provide(Transport, Layer.succeedContext(ofHub))
      const { told, transport } = listening(at)
      const connecting = ZmqTransport.layerConfig({
        ...own,
        name: Config.succeed("anna"),
        serverFile: Config.String("serverFile"),
      })
      const ofSpoke = yield* Layer.build(connecting).pipe(configured({ address, ...connect }))
      const mapped = yield* Effect.provide(Transport, Layer.succeedContext(ofSpoke))
      mapped.send("scheduler", text("hello"))
      yield* until(() => told.length > 0)
      assert.deepEqual([told, transport.keyOf?.("anna")], [["anna: hello"], anna.publicKey])
      const bySecret = ZmqTransport.layerConfig({
        address: Config.String("address"),
        keys: Config.map(Config.Redacted("secret"), ZmqKeys.ofSecret),
        server: Config.String("server"),
      })
      const secret = Redacted.value(anna.secretKey)
      const values = { address, secret, server: ours.publicKey }
      yield* Layer.build(bySecret).pipe(configured(values))
    }),
  )

  it.live("fail, and do not die, where a file cannot be used", () =>
    Effect.gen(function* () {
      const { file, bind, connect } = yield* files
      const { transport } = yield* hub(bind)
      chmodSync(connect.keysFile, 0o644)
      const failed = yield* Effect.flip(spoke(transport.address, connect))
      assert.ok(failed instanceof ConnectionFailed)
      assert.match(failed.message, /anna: others may read.*chmod 600/)
      const none = yield* Effect.flip(ZmqTransport.bind(anyPort, { ...bind, keysFile: file("no") }))
      assert.ok(none instanceof BindFailed)
      assert.match(none.message, /no: there is no such file/)
      writeFileSync(bind.allowedFile, "# nobody yet\n")
      const nobody = yield* Effect.flip(ZmqTransport.bind(anyPort, bind))
      assert.match(nobody.message, /allowed: nobody is listed in it/)
    }),
  )
})
