// What cannot be sent is refused by its path, and finding out runs nobody's code.
import assert from "node:assert/strict"
import { describe, test } from "vitest"
import { limitsDefault, Values } from "../src/index.ts"

const travelled = (value: unknown): unknown => Values.decode(Values.encode(value))

function deep(levels: number): unknown {
  let value: unknown = 1
  for (let i = 0; i < levels; i++) value = i % 2 === 0 ? { value } : [value]
  return value
}

function roundMap(): unknown {
  const map = new Map<string, unknown>()
  return map.set("again", [map])
}

const round: Record<string, unknown> = {}
round["again"] = round

describe("is refused with the path to it:", () => {
  class Point {
    readonly x = 1
  }
  const refused: ReadonlyArray<readonly [string, unknown, string, RegExp]> = [
    ["a function", { a: [1, () => 1] }, "input.a[1]", /a function/],
    ["a symbol", [Symbol("s")], "input[0]", /a symbol/],
    ["an instance of a class", { at: new Point() }, "input.at", /an instance of Point/],
    ["an instance of a subclass", [new (class Ids extends Map {})()], "input[0]", /of Ids cannot/],
    ["a date of a subclass", new (class Day extends Date {})(), "input", /an instance of Day/],
    ["a boxed number", { n: Object(1) }, "input.n", /an instance of Number/],
    ["a promise", Promise.resolve(1), "input", /an instance of Promise/],
    ["shared memory", new SharedArrayBuffer(8), "input", /an instance of SharedArrayBuffer/],
    ["a symbol as a name on an array", [Object.assign([1], { [Symbol("s")]: 1 })], "input[0]", /named by a symbol/], // oxfmt-ignore
    ["a function on an array", Object.assign([1], { send: () => 1 }), "input.send", /a function/],
    ["a function behind a hole", [, () => 1], "input[1]", /a function/], // oxlint-disable-line no-sparse-arrays
    ["a function behind an odd name", { "a b": { "": () => 1 } }, 'input["a b"][""]', /a function/],
    ["a function in an error", { e: Object.assign(new Error("x"), { send: () => 1 }) }, "input.e.send", /a function/], // oxfmt-ignore
    ["a function in a cause", new Error("x", { cause: [() => 1] }), "input.cause[0]", /a function/],
    ["a function in an AggregateError", new AggregateError([() => 1]), "input.errors[0]", /a function/], // oxfmt-ignore
    ["an error whose message is no text", Object.assign(new Error("x"), { message: 1 }), "input.message", /message has to be a text/], // oxfmt-ignore
    ["a property named by a symbol", { [Symbol("s")]: 1 }, "input", /named by a symbol/],
    ["a value in a Map", new Map([["k", () => 1]]), 'input.get("k")', /a function/],
    ["a key of a Map", new Map([[() => 1, 1]]), "input.keys()[0]", /a function/],
    ["an item of a Set", new Set([() => 1]), "input[0]", /a function/],
    ["what is too deep", deep(limitsDefault.valueDepthMax + 2), "", /nested more than 256 deep/],
    ["what holds itself", round, "input.again", /cyclic: it lies within itself/],
    [
      "a Map that holds itself",
      [roundMap()],
      'input[0].get("again")[0]',
      /cyclic: it lies within itself/,
    ],
  ]
  for (const [name, value, path, reason] of refused) {
    test(name, () => {
      assert.throws(
        () => Values.encode(value, "input"),
        (error) =>
          error instanceof Values.UnsupportedValue &&
          (path === "" || error.path === path) &&
          reason.test(error.reason) &&
          error.message === `${error.path}: ${error.reason}`,
      )
    })
  }
})

describe("encoding runs no code of the value's own:", () => {
  const trap = (): never => assert.fail("the value's code was run")
  test("not a getter, also not one behind a field that has to be replaced", () => {
    const value = { first: undefined, get second() { return trap() } } // oxfmt-ignore
    assert.throws(() => Values.encode(value), /value\.second: a getter or setter cannot be sent/)
  })
  test("not a getter named constructor", () => {
    const value = Object.defineProperty({}, "constructor", { get: trap, enumerable: true })
    assert.throws(() => Values.encode(value), /value\.constructor: a getter/)
  })
  test("not a getter among the items of an array, dense or not, nor a setter", () => {
    const getter = { get: trap, enumerable: true }
    const dense = Object.defineProperty([1, 2, 3], 1, getter)
    assert.throws(
      () => Values.encode([dense]),
      /value\[0\]\[1\]: a getter or setter cannot be sent/,
    )
    const sparse = Object.defineProperty([1, , 3], 2, getter) // oxlint-disable-line no-sparse-arrays
    assert.throws(() => Values.encode(sparse), /value\[2\]: a getter or setter cannot be sent/)
    const named = Object.defineProperty([1], "name", getter)
    assert.throws(() => Values.encode(named), /value\.name: a getter or setter cannot be sent/)
    const setter = Object.defineProperty([1, 2], 1, { set: trap, enumerable: true })
    assert.throws(() => Values.encode(setter), /value\[1\]: a getter or setter cannot be sent/)
  })
  test("not a getter of an error, whichever of its parts it stands for", () => {
    for (const part of ["name", "message", "cause", "code", "errors"]) {
      const error = Object.defineProperty(new AggregateError([], "x"), part, { get: trap, enumerable: true }) // oxfmt-ignore
      assert.throws(() => Values.encode({ error }), new RegExp(`value\\.error\\.${part}: a getter`))
      const arrived = Values.decode(Values.encodeThrown(error))
      assert.equal(
        Reflect.get(arrived as Error, part),
        "[not sent: a getter or setter cannot be sent]",
      )
    }
    const error = Object.defineProperty(new Error("x"), "stack", { get: trap })
    assert.equal((travelled(error) as Error).stack, "Error: x")
    class Inherited extends Error {
      override get message() {
        return trap()
      }
    }
    assert.throws(() => Values.encode(new Inherited()), /value\.message: a getter or setter/)
  })
  test("not what a built-in object was given under the names of its class", () => {
    const traps = (...names: ReadonlyArray<string>): PropertyDescriptorMap =>
      Object.fromEntries(names.map((name) => [name, { get: trap, configurable: true }]))
    const view = ["buffer", "byteOffset", "byteLength", "length", "constructor"]
    const given = [
      Object.defineProperties(/a/gi, traps("source", "flags", "global", "exec", "toString")),
      Object.defineProperties(new Uint8Array([1]), traps(...view, "slice")),
      Object.defineProperties(new Float64Array([1.5]), traps(...view)),
      Object.defineProperties(new DataView(new ArrayBuffer(2)), traps(...view)),
      Object.defineProperties(new ArrayBuffer(2), traps("byteLength", "slice")),
      Object.defineProperties(new Date(5), traps("getTime", "valueOf", "toISOString")),
      Object.defineProperties(new Map([[1, 2]]), traps("size", "entries", "forEach")),
    ]
    assert.deepEqual(travelled(given), [/a/gi, new Uint8Array([1]), new Float64Array([1.5]), new DataView(new ArrayBuffer(2)), new ArrayBuffer(2), new Date(5), new Map([[1, 2]])]) // oxfmt-ignore
  })
  test("not a tag, and not the name of a class", () => {
    const type = Object.defineProperty(
      class {
        readonly x = 1
      },
      "name",
      { get: trap },
    )
    const value = Object.defineProperty(new type(), Symbol.toStringTag, { get: trap })
    assert.throws(() => Values.encode(value), /an instance of an unnamed class cannot be sent/)
  })
  test("not toJSON, valueOf or an iterator", () => {
    const date = Object.assign(new Date(1), { toJSON: trap, valueOf: trap, getTime: trap })
    const map = Object.assign(new Map([[1, 2]]), { [Symbol.iterator]: trap, entries: trap })
    const set = Object.assign(new Set([1]), { [Symbol.iterator]: trap, values: trap })
    assert.deepEqual(travelled([date, map, set]), [new Date(1), new Map([[1, 2]]), new Set([1])])
  })
  test("not the iterator of a class of arrays", () => {
    class Items extends Array<number> {
      override [Symbol.iterator]() {
        return trap()
      }
    }
    assert.deepEqual(travelled(Items.of(1, 2)), [1, 2])
  })
  test("a proxy that would say something else when it is asked again is asked once", () => {
    let asked = 0
    const get = (items: object, key: PropertyKey): unknown =>
      key === "0" ? ++asked : Reflect.get(items, key)
    assert.deepEqual(travelled({ items: new Proxy([0], { get }) }), { items: [1] })
    assert.equal(asked, 1)
  })
  test("an object that only claims to be bytes is an object", () => {
    assert.throws(() => Values.encode({ constructor: Uint8Array }), Values.UnsupportedValue)
  })
})
