/**
 * Numbers a caller passes. A wrong one is a mistake in the program, so it is thrown, with a sentence
 * that says what to pass, before it can do harm: a peer would end the whole session over it.
 */

/** Milliseconds from 0 up; infinite is allowed, as no limit. */
export const milliseconds = (name: string, value: number): number => {
  if (value >= 0) return value
  throw new RangeError(`${name} is ${value}; give milliseconds from 0 up`)
}

export const wholeFromOne = (name: string, value: number): number => {
  if (Number.isSafeInteger(value) && value >= 1) return value
  throw new RangeError(`${name} is ${value}; give a whole number from 1 up`)
}

export const wholeFromZero = (name: string, value: number): number => {
  if (Number.isSafeInteger(value) && value >= 0) return value
  throw new RangeError(`${name} is ${value}; give a whole number from 0 up`)
}
