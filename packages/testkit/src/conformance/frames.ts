/** Frames that say which they are: a number, and bytes that follow from it. */

/** Frame `number`, of so many bytes; each byte behind the number is told by its place. */
export const frame = (number: number, bytes = 4): Uint8Array => {
  const made = new Uint8Array(Math.max(4, bytes))
  for (let i = 4; i < made.length; i++) made[i] = byteAt(number, i)
  new DataView(made.buffer).setUint32(0, number)
  return made
}

const byteAt = (number: number, place: number): number => (number + place * 31) & 0xff

/** The number of a frame. */
export const numberOf = (bytes: Uint8Array): number =>
  bytes.length < 4 ? -1 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(0)

/** A frame in a word: its number, `empty`, or what is wrong with it. */
export const textOf = (bytes: Uint8Array): string => {
  if (bytes.length === 0) return "empty"
  if (bytes.length < 4) return `cut to ${bytes.length} bytes`
  const number = numberOf(bytes)
  for (let i = 4; i < bytes.length; i++) {
    if (bytes[i] !== byteAt(number, i)) return `${number}, wrong from byte ${i}`
  }
  return bytes.length === 4 ? `${number}` : `${number} of ${bytes.length}`
}

/** The whole numbers from `from` on, so many. */
export const numbers = (count: number, from = 0): ReadonlyArray<number> =>
  Array.from({ length: count }, (_, i) => from + i)

/** Throws an `Error` that says where two long lists of short things first differ, without printing them. */
export const alike = <A extends string | number>(
  actual: ReadonlyArray<A>,
  expected: ReadonlyArray<A>,
): void => {
  const place = expected.findIndex((one, i) => actual[i] !== one)
  if (place < 0 && actual.length === expected.length) return
  const at = place < 0 ? expected.length : place
  const shown = (list: ReadonlyArray<A>): string => (at < list.length ? `${list[at]}` : "nothing")
  throw new Error(
    `${actual.length} came and ${expected.length} were to come; ` +
      `number ${at + 1} is ${shown(actual)} instead of ${shown(expected)}`,
  )
}
