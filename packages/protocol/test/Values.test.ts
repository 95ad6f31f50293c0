import assert from "node:assert/strict"
import * as fc from "fast-check"
import { describe, test } from "vitest"
import { limitsDefault, Values } from "../src/index.ts"
import { difference } from "./alike.ts"

const travelled = (value: unknown): unknown => Values.decode(Values.encode(value))

const buffer = new Uint8Array([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17]).buffer

const kinds: ReadonlyArray<readonly [string, unknown]> = [
  ["null", null],
  ["undefined", undefined],
  ["booleans", [true, false]],
  ["numbers", [0, 1, -1, 0.1, 2 ** 31, -(2 ** 31), 2 ** 53 - 1, 2 ** 60, 1e308, 5e-324]],
  ["numbers that are not finite", [Infinity, -Infinity, NaN]],
  ["-0, alone and nested", [-0, { zero: -0 }, new Set([1])]],
  ["text", ["", "plain", "größer 漢字 🎈", "x".repeat(100_000)]],
  [
    "text with a byte order mark",
    ["\ufeff", `\ufeff${"x".repeat(300)}`, { ["\ufeff".repeat(99)]: 1 }],
  ],
  ["bigint", [0n, -1n, 2n ** 200n]],
  ["undefined in objects and arrays", { a: undefined, b: [undefined, { c: undefined }] }],
  ["dates, one of them invalid", [new Date(0), new Date(-1), new Date(8.64e15), new Date(NaN)]],
  [
    "a Map with keys of every kind",
    new Map<unknown, unknown>([
      [1, "a"],
      ["1", undefined],
      [null, -0],
    ]),
  ],
  ["a Map in a Map", new Map([["in", new Map([[{ a: 1n }, new Set([[1, 2]])]])]])],
  ["a Set", new Set<unknown>(["a", 1, undefined, [new Date(5)]])],
  ["bytes", new Uint8Array([1, 2, 3])],
  ["bytes that are a part of a buffer", new Uint8Array(buffer, 3, 4)],
  ["no bytes", new Uint8Array(0)],
  ["an ArrayBuffer", new Uint8Array([1, 2, 3]).buffer],
  ["a DataView", new DataView(buffer, 2, 5)],
  ["Int8Array", new Int8Array([-1, 2])],
  ["Uint8ClampedArray", new Uint8ClampedArray([300, 2])],
  ["Int16Array with an offset", new Int16Array(buffer, 2, 3)],
  ["Uint16Array with an offset", new Uint16Array(buffer, 4, 3)],
  ["Int32Array with an offset", new Int32Array(buffer, 4, 2)],
  ["Uint32Array", new Uint32Array([1, 2 ** 32 - 1])],
  ["Float32Array with an offset", new Float32Array(buffer, 4, 2)],
  ["Float64Array with an offset", new Float64Array(buffer, 8, 1)],
  ["BigInt64Array", new BigInt64Array([-1n, 2n ** 62n])],
  ["BigUint64Array with an offset", new BigUint64Array(buffer, 8, 1)],
  ["bytes that are long, in everything that can hold them", new Map<unknown, unknown>([
    [new Set([[long(65_535)], long(65_536)]), { bytes: long(4_096), text: "x".repeat(5_000) }],
    [new Error("e", { cause: [long(70_000).buffer, 1] }), new Float64Array(9_000).fill(0.5)],
  ])], // oxfmt-ignore
  ["keys that other objects are born with", { constructor: 1, toString: 2, hasOwnProperty: 3 }],
  ["an object as deep as can be", deep(limitsDefault.valueDepthMax)],
]

function long(length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(length).map((_, i) => i)
}

function deep(levels: number): unknown {
  let value: unknown = 1
  for (let i = 0; i < levels; i++) value = i % 2 === 0 ? { value } : [value]
  return value
}

const round: Record<string, unknown> = {}
round["again"] = round

describe("arrives equal:", () => {
  for (const [name, value] of kinds) {
    test(name, () => assert.deepStrictEqual(travelled(value), value))
  }

  test("any value of JSON's kinds, bigints, dates, maps and sets", () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      maxDepth: 4,
    })
    fc.assert(
      fc.property(anything, (value) => assert.deepStrictEqual(travelled(value), value)),
      { seed: 5, numRuns: 500 },
    )
  })

  test("an object without a prototype, as a plain one", () => {
    const bare: Record<string, unknown> = Object.create(null)
    bare["a"] = 1
    assert.deepStrictEqual(travelled(bare), { a: 1 })
  })

  test("objects of more keys than anybody remembers, without a part left to chance", () => {
    const record = Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [`key ${n}`, n]))
    const { random } = Math
    Math.random = () => assert.fail("a random number was asked for")
    try {
      assert.deepStrictEqual(travelled([record, record]), [record, record])
    } finally {
      Math.random = random
    }
  })

  test("bytes out of a Buffer, as bytes of their own", () => {
    const encoded = Values.encode([new Uint8Array([1, 2, 3])])
    const [bytes] = Values.decode(Buffer.from(encoded)) as ReadonlyArray<Uint8Array>
    assert.deepStrictEqual(bytes, new Uint8Array([1, 2, 3]))
    assert.equal(bytes?.buffer.byteLength, 3)
  })

  test("a Buffer, as bytes", () => {
    assert.deepStrictEqual(travelled(Buffer.from("abc")), new Uint8Array([97, 98, 99]))
  })
})

describe("an Error", () => {
  test("arrives with name, message, stack, own fields and its chain of causes", () => {
    class TooLarge extends RangeError {
      override readonly name = "TooLarge"
      readonly limit = 5n
    }
    const error = new TooLarge("too large", {
      cause: new TypeError("no type", { cause: { code: 7 } }),
    })
    const arrived = travelled(error)
    assert.ok(arrived instanceof Error && arrived.cause instanceof Error)
    assert.equal(arrived.name, "TooLarge")
    assert.equal(arrived.message, "too large")
    assert.equal(arrived.stack, error.stack)
    assert.equal(Reflect.get(arrived, "limit"), 5n)
    assert.equal(arrived.cause.name, "TypeError")
    assert.deepEqual(arrived.cause.cause, { code: 7 })
    assert.deepEqual(Object.keys(arrived), ["limit"])
  })

  test("without a cause arrives without one", () => {
    assert.equal(Object.hasOwn(travelled(new Error("alone")) as object, "cause"), false)
  })

  test("arrives although one of its fields cannot, and says so, when it was thrown", () => {
    const error = Object.assign(new Error("half"), { send: () => 1, code: 3 })
    assert.throws(() => Values.encode(error), /value\.send: a function cannot be sent/)
    const arrived = Values.decode(Values.encodeThrown(error))
    assert.equal(Reflect.get(arrived as object, "send"), "[not sent: a function cannot be sent]")
    assert.equal(Reflect.get(arrived as object, "code"), 3)
  })

  test("of every class of the language arrives as one of that class", () => {
    const errors = [
      new Error("a"),
      new EvalError("b"),
      new RangeError("c"),
      new ReferenceError("d"),
      new SyntaxError("e"),
      new TypeError("f"),
      new URIError("g"),
      new AggregateError([new Error("one"), 2], "h", { cause: 1 }),
      new DOMException("i", "AbortError"),
    ]
    for (const error of errors) {
      const arrived = travelled(error)
      assert.equal(difference(arrived, structuredClone(error), error.name) === undefined || error instanceof AggregateError, true) // oxfmt-ignore
      assert.equal(Object.getPrototypeOf(arrived), Object.getPrototypeOf(error))
      assert.deepEqual(arrived, error)
    }
  })

  test("that holds itself in several fields arrives, and does not double at every level (G10)", () => {
    const error = new Error("round")
    Object.assign(error, { cause: error, self: error, again: { error } })
    assert.throws(() => Values.encode(error), /value\.cause: cyclic: it lies within itself/)
    const arrived = Values.decode(Values.encodeThrown(error))
    assert.ok(arrived instanceof Error)
    assert.match(String(arrived.cause), /lies within itself/)
  })
})

describe("whatever was thrown can be sent:", () => {
  const trap = (): never => {
    throw { toString: trap }
  }
  const hostile: ReadonlyArray<readonly [string, unknown]> = [
    ["a function", () => 1],
    ["a symbol", Symbol("s")],
    ["an object with a throwing toString", { toString: trap }],
    [
      "an object with a throwing getter",
      Object.defineProperty({}, "a", { get: trap, enumerable: true }),
    ],
    ["a proxy that throws on everything", new Proxy({}, new Proxy({}, { get: () => trap }))],
    [
      "a proxied error that throws on everything but what it is",
      new Proxy(new Error("x"), { get: trap, ownKeys: trap }),
    ],
    ["a revoked proxy", revoked()],
    ["an instance of a class", new URL("http://localhost/")],
    ["an object that only claims to be a Map", Object.create(Map.prototype)],
    ["an object that holds itself", round],
  ]
  for (const [name, thrown] of hostile) {
    test(name, () => {
      const arrived = Values.decode(Values.encodeThrown(thrown))
      assert.ok(arrived !== undefined)
      if (arrived instanceof Error) assert.match(arrived.message, /cannot be sent|\[not sent: /)
    })
  }

  test("an error whose fields all throw keeps being an error, and says so", () => {
    const error = new Error("x")
    for (const key of ["name", "message", "stack", "code"]) {
      Object.defineProperty(error, key, { get: trap, enumerable: true })
    }
    const arrived = Values.decode(Values.encodeThrown(error))
    assert.ok(arrived instanceof Error)
    assert.equal(arrived.name, "[not sent: a getter or setter cannot be sent]")
  })

  test("what is not an error arrives as it is", () => {
    assert.deepEqual(Values.decode(Values.encodeThrown({ code: 3 })), { code: 3 })
    assert.equal(Values.decode(Values.encodeThrown(undefined)), undefined)
  })
})

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

test("bytes that are no value are refused by an Error", () => {
  for (const bytes of [[0xc1], [0x92, 1], [0xd4, 8, 99], [0xd4, 5, 1], [0xd4, 3, 65]]) {
    assert.throws(() => Values.decode(new Uint8Array(bytes)), Error)
  }
})
