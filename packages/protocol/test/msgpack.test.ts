// What a value comes to is what the library alone reads and writes, wherever it alone would do.
import { Decoder, Encoder } from "@msgpack/msgpack"
import * as fc from "fast-check"
import assert from "node:assert/strict"
import { test } from "vitest"
import { limitsDefault, Values } from "../src/index.ts"
import { FrameReader } from "../src/internal/frameReader.ts"
import { seedOf } from "./seed.ts"

const encoder = new Encoder()
const decoder = new Decoder()

const text = fc.oneof(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme", minLength: 30, maxLength: 70 })) // oxfmt-ignore

/** What the library carries alone; it takes -0 for 0, and refuses this key. */
const { known } = fc.letrec<{ known: unknown; leaf: unknown }>((tie) => ({
  leaf: fc.oneof(
    fc.constantFrom(null, true, false, "x".repeat(70_000), new Uint8Array(70_000)),
    fc.double().filter((value) => !Object.is(value, -0)),
    fc.maxSafeInteger(),
    fc.integer({ min: -70_000, max: 70_000 }),
    text,
    fc.uint8Array({ maxLength: 300 }),
  ),
  known: fc.oneof(
    { maxDepth: 3 },
    tie("leaf"),
    fc.array(tie("known"), { maxLength: 20 }),
    fc.dictionary(text.filter((key) => key !== "__proto__"), tie("known"), { maxKeys: 20, noNullPrototype: true }), // oxfmt-ignore
  ),
}))

test("what is written, the library reads, and would have written, also where bytes are put in later", () => {
  fc.assert(
    fc.property(known, (value) => {
      const bytes = Values.encode(value)
      assert.deepStrictEqual(decoder.decode(bytes), value)
      assert.deepEqual(Buffer.from(bytes), Buffer.from(encoder.encode(value)))
    }),
    { seed: seedOf("msgpack, written"), numRuns: 3_000 },
  )
})

test("what the library writes is read, as a value and in a frame", () => {
  const limits = { ...limitsDefault, frameDepthMax: 100 }
  const reader = new FrameReader()
  fc.assert(
    fc.property(known, (value) => {
      const bytes = encoder.encode(value)
      assert.deepStrictEqual(Values.decode(bytes), value)
      assert.deepStrictEqual(reader.read(bytes, limits), value)
    }),
    { seed: seedOf("msgpack, read"), numRuns: 3_000 },
  )
})

test("floats of four bytes, and -0 as a float, which are never written, are read", () => {
  const bytes = new Encoder({ forceFloat32: true, forceIntegerToFloat: true }).encode([1.5, -0])
  assert.deepStrictEqual(Values.decode(bytes), [1.5, -0])
})
