import assert from "node:assert/strict"
import { test } from "vitest"
import { Values } from "../src/index.ts"

const holes: Array<unknown> = [1]
holes.length = 0xffff_ffff

const many = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`k${n}`, n]))

const trap = (): never => {
  throw new Error("trap")
}

const rows: ReadonlyArray<readonly [unknown, string | RegExp]> = [
  ["text", "text"],
  [undefined, "undefined"],
  [12n, "12"],
  [Symbol("s"), "Symbol(s)"],
  [trap, "a function"],
  [new RangeError("too large"), "RangeError: too large"],
  [{ code: 7, list: ["a", null, [true]] }, '{"code":7,"list":["a",null,[true]]}'],
  [{ cause: new TypeError("x") }, '{"cause":TypeError: x}'],
  [[[[[[1]]]]], "[[[[[…]]]]]"],
  [new Uint8Array(64 * 1024 * 1024), "67108864 bytes"],
  [holes, /^\[1(,undefined){19},… 4294967275 more\]$/],
  [2n ** 1_000_000n, "a long bigint"],
  ["x".repeat(5_000), `${"x".repeat(1_000)}…`],
  [new Error("x".repeat(5_000)), `Error: ${"x".repeat(1_000)}…`],
  [many, /^\{"k0":0,.*,"k19":19,… 80 more\}$/],
  [
    Object.defineProperty({}, "a", { get: trap, enumerable: true }),
    "something that cannot be shown",
  ],
  [new Proxy({}, { ownKeys: trap }), "something that cannot be shown"],
  [Object.assign(new Error("x"), { name: 3, message: { a: 1 } }), "3: {…}"],
]
for (const [value, text] of rows) {
  test(`is shown as ${String(text).slice(0, 60)}`, () => {
    if (typeof text === "string") assert.equal(Values.shown(value), text)
    else assert.match(Values.shown(value), text)
  })
}
