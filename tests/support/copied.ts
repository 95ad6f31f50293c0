/** Counts the bytes that are copied: what a test of copies goes by, and not by time. */

type Copy = (this: Uint8Array, ...given: ReadonlyArray<never>) => unknown

const typed: Record<"set" | "slice" | "copyWithin", Copy> = Object.getPrototypeOf(
  Uint8Array.prototype,
)

/** How many bytes `run` copies by the methods of typed arrays, in blocks of `least` bytes or more. */
export const copiedBy = async (least: number, run: () => unknown): Promise<number> => {
  const { set, slice, copyWithin } = typed
  let copied = 0
  const count = (bytes: number): void => {
    if (bytes >= least) copied += bytes
  }
  typed.set = function (this: Uint8Array, ...given: ReadonlyArray<never>) {
    count((given[0] as unknown as Uint8Array).length)
    return set.apply(this, given as never)
  }
  typed.slice = function (this: Uint8Array, ...given: ReadonlyArray<never>) {
    const made = slice.apply(this, given as never) as Uint8Array
    count(made.length)
    return made
  }
  typed.copyWithin = function (this: Uint8Array, ...given: ReadonlyArray<never>) {
    count(this.length)
    return copyWithin.apply(this, given as never)
  }
  try {
    await run()
  } finally {
    Object.assign(typed, { set, slice, copyWithin })
  }
  return copied
}
