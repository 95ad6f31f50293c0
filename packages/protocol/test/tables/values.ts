/** The kinds of values and the limits, as the wire format has them: numbers and defaults read from the code. */
import { bufferTypes, errorNames, extension } from "../../src/internal/extensions.ts"
import { type Limits, limitsDefault } from "../../src/Limits.ts"

type Row = ReadonlyArray<string>

const numbered = (names: ReadonlyArray<string>): string =>
  names.map((name, number) => `${number} ${name}`).join(" · ")

const contents: { readonly [Name in keyof typeof extension]: Row } = {
  undefined: ["`undefined`", "nothing"],
  bigint: [
    "bigint",
    "8 bytes: a signed number; otherwise from 9 bytes up: sign (0 or 1), then the magnitude without zeros in front",
  ],
  date: ["Date", "milliseconds since 1970 as a float of 8 bytes; not a number for an invalid date"],
  regexp: ["RegExp", "source, flags, as two texts of msgpack's; `lastIndex` is not sent"],
  map: ["Map", "key, value, key, value, … in order, each as a value"],
  set: ["Set", "the items in order, each as a value"],
  error: [
    "Error",
    `class, name, message, stack, whether there is a cause, the cause if there is, then field, value, …; ` +
      `the class is a number: ${numbered(errorNames)}; name and message are nil where they are what the class has, the stack where there is none`,
  ],
  buffer: [
    "ArrayBuffer and its views",
    `a byte for the kind, then the bytes, little-endian: ${numbered(bufferTypes.map(([name]) => name))}`,
  ],
  text: [
    "text with half of a surrogate pair, or with a byte order mark in front",
    "its 16-bit units, little-endian; every other text is one of msgpack's",
  ],
  array: [
    "array with holes or named properties",
    "length, then index or name, value, …; every other array is a list of msgpack's",
  ],
  negativeZero: ["-0", "nothing; every other number is one of msgpack's"],
  record: [
    "object with a key `__proto__`, or one that is no text of msgpack's",
    "key, value, key, value, … in order; every other object is a map of msgpack's",
  ],
}

/** Number, what it is, its content. */
export const extensionRows: ReadonlyArray<Row> = Object.entries(extension).map(([name, number]) => [
  String(number),
  ...contents[name as keyof typeof extension],
])

const words: { readonly [Name in keyof Limits]: readonly [what: string, beyond: string] } = {
  payloadBytesMax: [
    "bytes of an encoded input or result",
    "an input is refused when it is submitted, a result fails its task; received by a scheduler, the session ends",
  ],
  valueDepthMax: [
    "lists, objects, Maps, Sets and errors in one another in a value",
    "an input is refused when it is submitted, a result fails its task",
  ],
  frameBytesMax: ["bytes of a frame", "the session ends"],
  frameItemsMax: ["messages of a frame, and items of any other list in it", "the session ends"],
  frameDepthMax: ["lists in one another in a frame", "the session ends"],
  textBytesMax: [
    "bytes of a text in a frame",
    "the session ends; log lines are cut before, at a quarter of it",
  ],
}

/** Name, default, what it counts, what becomes of more. */
export const limitRows: ReadonlyArray<Row> = Object.entries(words).map(([name, [what, beyond]]) => [
  `\`${name}\``,
  limitsDefault[name as keyof Limits].toLocaleString("en-US"),
  what,
  beyond,
])
