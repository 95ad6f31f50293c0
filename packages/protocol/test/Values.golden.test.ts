import assert from "node:assert/strict"
import { ExtData, ExtensionCodec, Decoder } from "@msgpack/msgpack"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { describe, test } from "vitest"
import { Values } from "../src/index.ts"
import { extension } from "../src/internal/extensions.ts"
import { difference } from "./alike.ts"
import { valueSamples } from "./valueSamples.ts"

const folder = new URL("./Values.golden/", import.meta.url)

/** The bytes that version 1 wrote for the samples of a kind: never written by a program that tests. */
const golden = (kind: string): Uint8Array => {
  const file = new URL(`${kind}.hex`, folder)
  assert.ok(existsSync(file), `Values.golden/${kind}.hex is missing; a new kind needs one`)
  return Uint8Array.from(Buffer.from(readFileSync(file, "utf8").replaceAll(/\s/g, ""), "hex"))
}

describe("reads what version 1 wrote:", () => {
  for (const [kind, value] of Object.entries(valueSamples)) {
    test(kind, () => assert.equal(difference(Values.decode(golden(kind)), value), undefined))
  }
})

describe("writes what version 1 wrote:", () => {
  for (const [kind, value] of Object.entries(valueSamples)) {
    test(kind, () => {
      const hex = Buffer.from(Values.encode(value)).toString("hex")
      assert.equal(hex, Buffer.from(golden(kind)).toString("hex"))
    })
  }
})

test("there are golden bytes for every kind of value, and for nothing else", () => {
  const wanted = Object.keys(valueSamples).map((kind) => `${kind}.hex`)
  assert.deepEqual(readdirSync(folder).toSorted(), wanted.toSorted())
})

test("what a value is written as is msgpack with extensions, to any reader of msgpack", () => {
  const codec = new ExtensionCodec()
  for (const type of Object.values(extension)) {
    codec.register({ type, encode: () => null, decode: (data) => new ExtData(type, data) })
  }
  const reader = new Decoder({ extensionCodec: codec })
  for (const kind of Object.keys(valueSamples)) {
    const read: unknown = reader.decode(golden(kind))
    assert.ok(Array.isArray(read), kind)
    assert.equal(read.length, (valueSamples[kind] as ReadonlyArray<unknown>).length, kind)
  }
})
