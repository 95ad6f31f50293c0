import assert from "node:assert/strict"
import * as fc from "fast-check"
import { describe, test } from "vitest"
import { limitsDefault, makeLimits, Values } from "../src/index.ts"
import { difference } from "./alike.ts"
import { anyValue } from "./anyValue.ts"
import { ValueReader } from "../src/internal/valueReader.ts"
import { CountingScan, nextFrom, pollution, worse } from "./mutate.ts"
import { seedOf } from "./seed.ts"
import { valueSamples } from "./valueSamples.ts"

const utf8 = (text: string): ReadonlyArray<number> => [...Buffer.from(text)]

/** An extension of this type, with a length of four bytes. */
const extension = (type: number, ...data: ReadonlyArray<number>): ReadonlyArray<number> => {
  const { length } = data
  return [0xc9, length >>> 24, (length >>> 16) & 255, (length >>> 8) & 255, length & 255, type, ...data] // oxfmt-ignore
}

/** An extension that holds a list of so many items. */
const listing = (
  type: number,
  items: number,
  ...data: ReadonlyArray<number>
): ReadonlyArray<number> => extension(type, 0x90 | items, ...data)

const str = (text: string): ReadonlyArray<number> => [0xd9, Buffer.byteLength(text), ...utf8(text)]

describe("bytes that are no value are refused by an error that says where and why:", () => {
  const refused: ReadonlyArray<readonly [string, ReadonlyArray<number>, RegExp]> = [
    ["no msgpack", [0xc1], /byte 1: no value begins with 0xc1/],
    ["something after the value", [1, 2], /byte 1: 1 bytes too many/],
    ["a list that is cut short", [0x92, 1], /it ends where a value should be/],
    ["4 GiB of text", [0xdb, 255, 255, 255, 255, 65], /4294967295 bytes are said to follow, 1 do/],
    ["4 Gi items", [0xdd, 255, 255, 255, 255, 1], /more items are said to follow than/],
    ["4 Gi entries", [0xdf, 255, 255, 255, 255, 1], /more items are said to follow than/],
    ["text that is not UTF-8", [0xa2, 0xff, 0xfe], /a text that is not UTF-8/],
    ["half a surrogate pair as UTF-8", [0xa3, 0xed, 0xa0, 0x80], /not UTF-8/],
    ["the same key twice", [0x82, 0xa1, 97, 1, 0xa1, 97, 2], /an object with the same key twice/],
    ["the same key twice, deep within", [0x91, ...listing(6, 2, 1, 0x82, 0xa1, 97, 1, 0xa1, 97, 2)], /byte 7: an object with the same key twice/], // oxfmt-ignore
    ["a map's key __proto__", [0x81, 0xa9, ...utf8("__proto__"), 1], /__proto__ is not allowed/],
    ["__proto__ twice", listing(12, 4, ...[1, 2].flatMap((n) => [...str("__proto__"), n])), /the key "__proto__" twice/], // oxfmt-ignore
    ["an object with a key and no value", listing(12, 1, ...str("a")), /a key without a value/],
    ["an object with a number as a key", listing(12, 2, 1, 1), /a key that is no text/],
    ["an item's number and no item", listing(10, 2, 1, 0), /a key without a value/],
    ["an item named by a list", listing(10, 3, 1, 0x91, 0, 1), /a key that is no text/],
    ["an AggregateError's errors left out", listing(7, 6, 7, 0xc0, 0xc0, 0xc0, 0xc2, ...str("errors")), /a key without a value/], // oxfmt-ignore
    ["a Map of something else than a list", extension(5, 0x80), /where a list should be/],
    ["a Set of two lists", extension(6, 0x90, 0x90), /byte 7: 1 bytes too many/],
    ["more than a regular expression", listing(4, 3, ...str("a"), ...str(""), 1), /more than a/],
    ["-0 with content", extension(11, 0), /does not end where it should/],
    ["a key that is a number", [0x81, 1, 1], /a key that is no text/],
    ["an extension nobody knows", extension(13, 0), /there is no extension 13/],
    ["a timestamp of msgpack's", [0xd6, 0xff, 0, 0, 0, 0], /there is no extension -1/],
    ["undefined with content", extension(1, 0), /does not end where it should/],
    ["a bigint of 7 bytes", extension(2, 1, 2, 3, 4, 5, 6, 7), /a bigint that is not written as/],
    ["a bigint of no bytes", extension(2), /a bigint that is not written as/],
    ["a bigint with a sign of 2", extension(2, 2, ...Array(9).fill(1)), /a bigint that is not/],
    ["a bigint with a zero in front", extension(2, 0, 0, ...Array(9).fill(1)), /a bigint that/],
    ["a date of 4 bytes", extension(3, 1, 2, 3, 4), /a date of 4 bytes instead of 8/],
    ["a date beyond all dates", extension(3, 0x7f, 0xef, 0, 0, 0, 0, 0, 0), /no date can be/],
    ["a date of half a millisecond", extension(3, 0x3f, 0xe0, 0, 0, 0, 0, 0, 0), /no date can be/],
    [
      "a regular expression that is none",
      listing(4, 2, ...str("("), ...str("")),
      /that is none: .*Unterminated group/,
    ],
    ["flags that are none", listing(4, 2, ...str("a"), ...str("xx")), /that is none: .*flags/],
    ["a regular expression of numbers", listing(4, 2, 1, 2), /where a text should be/],
    [
      "a regular expression of a source alone",
      listing(4, 1, ...str("a")),
      /where a text should be/,
    ],
    ["a Map with half an entry", [0x92, ...listing(5, 1, 1), 7], /a key without a value/],
    ["a Map with a key twice", listing(5, 4, 1, 2, 1, 2), /a Map with the same key twice/],
    ["a Set with an item twice", listing(6, 2, 1, 1), /a Set with the same item twice/],
    ["an error of a class nobody knows", listing(7, 5, 99, 0xc0, 0xc0, 0xc0, 0xc2), /of a class/],
    [
      "an error of a class that is a text",
      listing(7, 1, ...str("Error")),
      /an error that ends where/,
    ],
    [
      "an error whose name is a number",
      listing(7, 5, 0, 1, 0xc0, 0xc0, 0xc2),
      /a text of an error/,
    ],
    ["an error that is unsure of its cause", listing(7, 5, 0, 0xc0, 0xc0, 0xc0, 1), /has a cause/],
    ["an error with a field twice", listing(7, 9, 0, 0xc0, 0xc0, 0xc0, 0xc2, ...[1, 2].flatMap((n) => [...str("a"), n])), /the key "a" twice/], // oxfmt-ignore
    ["an error with a field named stack", listing(7, 7, 0, 0xc0, 0xc0, 0xc0, 0xc2, ...str("stack"), 1), /a field named stack/], // oxfmt-ignore
    ["a buffer of a kind nobody knows", extension(8, 99, 1), /there is no buffer of kind 99/],
    ["a buffer without a kind", extension(8), /ends where its kind should be/],
    ["half a Float64", extension(8, 9, 1, 2, 3, 4), /4 bytes are no Float64Array/],
    ["half a unit of a text", extension(9, 1), /half a unit of a text/],
    ["an array without a length", listing(10, 1, ...str("x")), /an array without a length/],
    ["an array of length -1", listing(10, 1, 0xff), /an array without a length/],
    ["an array of length 0.5", listing(10, 1, 0xca, 0x3f, 0, 0, 0), /an array without a length/],
    ["an item beyond its array", listing(10, 3, 1, 1, 1), /lies outside of its array/],
    ["an item twice", listing(10, 5, 2, 1, 1, 1, 1), /the item 1 twice/],
    ["an item's number as a text", listing(10, 3, 2, ...str("1"), 1), /an item's number as a text/],
    ["a length as a field", listing(10, 3, 2, ...str("length"), 1), /the key "length" twice/],
  ]
  for (const [what, bytes, message] of refused) {
    test(what, () => {
      assert.throws(
        () => Values.decode(Uint8Array.from(bytes)),
        (error) =>
          error instanceof Values.UndecodableValue &&
          error.name === "UndecodableValue" &&
          message.test(error.message),
      )
    })
  }
})

test("values changed at random: the worst is an UndecodableValue, and no byte is worth more than one value", () => {
  const seed = seedOf("values")
  const next = nextFrom(seed)
  const samples = [
    ...Object.values(valueSamples).map((value) => Values.encode(value)),
    ...fc.sample(anyValue(true), { seed, numRuns: 300 }).map((value) => Values.encode(value)),
  ].filter(({ length }) => length < 2_000)
  const before = pollution()
  let values = 0
  for (let run = 0; run < 150_000; run++) {
    const bytes = worse(samples, next)
    try {
      Values.decode(bytes)
      values++
    } catch (error) {
      const hex = Buffer.from(bytes).toString("hex")
      assert.ok(error instanceof Values.UndecodableValue, `${hex}: ${String(error)}`)
    }
    if (run % 16 === 0) {
      const scan = new CountingScan()
      try {
        new ValueReader(scan).read(bytes, limitsDefault.valueDepthMax)
      } catch {
        // Has been looked at above.
      }
      assert.ok(scan.values <= bytes.length + 1, Buffer.from(bytes).toString("hex"))
    }
  }
  assert.deepEqual(pollution(), before)
  assert.ok(values > 1_000)
}, 300_000)

describe("costs no more than its bytes:", () => {
  /** How much memory is held by what a function returns, in bytes. */
  const held = (make: () => unknown): number => {
    const before = process.memoryUsage()
    const made = make()
    const after = process.memoryUsage()
    assert.ok(made !== undefined)
    return after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers
  }

  test("arrays of 30,000,000 holes each, a thousand times", () => {
    const empty = listing(10, 1, 0xce, 0x01, 0xc9, 0xc3, 0x80)
    const bytes = Uint8Array.from([0xdc, 0x03, 0xe8, ...Array.from({ length: 1_000 }, () => empty).flat()]) // oxfmt-ignore
    assert.ok(held(() => Values.decode(bytes)) < 20_000_000)
    const [first] = Values.decode(bytes) as ReadonlyArray<ReadonlyArray<unknown>>
    assert.equal(first?.length, 30_000_000)
  })

  test("a list in a list, and so on, is refused at the limit, and is never a stack overflow", () => {
    const wraps: ReadonlyArray<(inner: ReadonlyArray<number>) => ReadonlyArray<number>> = [
      (inner) => [0x91, ...inner],
      (inner) => [0x81, 0xa0, ...inner],
      (inner) => listing(5, 2, 1, ...inner),
      (inner) => listing(6, 1, ...inner),
      (inner) => listing(7, 6, 0, 0xc0, 0xc0, 0xc0, 0xc3, ...inner),
      (inner) => listing(10, 3, 1, 0, ...inner),
      (inner) => listing(12, 2, 0xa0, ...inner),
    ]
    for (const wrap of wraps) {
      const nested = (levels: number): Uint8Array => {
        let bytes: ReadonlyArray<number> = [1]
        for (let i = 0; i < levels; i++) bytes = wrap(bytes)
        return Uint8Array.from(bytes)
      }
      Values.decode(nested(256))
      assert.throws(() => Values.decode(nested(257)), /nested more than 256 deep/)
    }
    const deep = new Uint8Array(1_000_000).fill(0x91)
    assert.throws(() => Values.decode(deep), /byte 257: nested more than 256 deep/)
  })

  test("a bigint of 2,000,000 bytes, which base 10 would take hours for", () => {
    const bytes = new Uint8Array(2_000_007).fill(0xab)
    bytes.set([0xc9, 0x00, 0x1e, 0x84, 0x81, 2, 0])
    const value = Values.decode(bytes)
    assert.ok(typeof value === "bigint")
    assert.equal(BigInt.asUintN(64, value), 0xababababababababn)
    assert.equal(difference(Values.encode(value), bytes), undefined)
  })

  test("a Map of bigints that engines cannot tell apart", () => {
    const keys = Array.from({ length: 1_001 }, (_, n) => BigInt(n + 1) << 64n)
    const bytes = keys.map((key) => [...Values.encode(key), 1]).flat()
    const message = /more than 1000 bigint keys that share their lowest 64 bits/
    assert.throws(
      () => Values.decode(Uint8Array.from(extension(5, 0xdc, 0x07, 0xd2, ...bytes))),
      message,
    )
    assert.throws(() => Values.encode(new Set(keys), "input"), message)
    const fewer = new Map(keys.slice(1).map((key) => [key, 1]))
    assert.equal(difference(Values.decode(Values.encode(fewer)), fewer), undefined)
  })

  test("one value in itself many times over is refused when it is longer than a payload may be", () => {
    let doubling: unknown = ["x".repeat(100)]
    for (let i = 0; i < 100; i++) doubling = [doubling, doubling]
    const limits = makeLimits({ payloadBytesMax: 100_000 })
    assert.throws(
      () => Values.encode(doubling, "input", limits),
      /^UnsupportedValue: input: longer than 100000 bytes; send it in parts, or give every side/,
    )
    assert.match(String(Values.decode(Values.encodeThrown(doubling, limits))), /cannot be sent/)
  })
})

describe("limits:", () => {
  test("a value of just as many bytes as a payload may have, and one more", () => {
    const limits = makeLimits({ payloadBytesMax: 5_000 })
    for (const whole of [new Uint8Array(4_997), "x".repeat(4_997), Array(4_997).fill(1)]) {
      const bytes = Values.encode(whole, "v", limits)
      assert.equal(bytes.length, 5_000)
      assert.equal(difference(Values.decode(bytes, limits), whole), undefined)
    }
    for (const more of [new Uint8Array(4_998), "x".repeat(4_998), Array(4_998).fill(1)]) {
      assert.throws(() => Values.encode(more, "v", limits), /v: longer than 5000 bytes/)
      assert.throws(
        () => Values.decode(Values.encode(more), limits),
        /^UndecodableValue: 5001 bytes, and 5000 are allowed \(payloadBytesMax\)/,
      )
    }
  })

  test("as deep as a value may be, and one deeper, alike on both sides", () => {
    const limits = makeLimits({ valueDepthMax: 3 })
    const deepest = [new Map([[{}, new Error("e")]])]
    const deeper = [[[[]]]]
    Values.decode(Values.encode(deepest, "v", limits), limits)
    assert.throws(() => Values.encode(deeper, "v", limits), /v\[0\]\[0\]\[0\]: nested more than 3/)
    assert.throws(() => Values.decode(Values.encode(deeper), limits), /nested more than 3 deep/)
    assert.equal(limitsDefault.valueDepthMax, 256)
  })
})
