/**
 * What a caller passes. A wrong one is a mistake in the program, so it is thrown, with a sentence
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

/** One of the values listed. Untyped programs may pass any other. */
export const oneOf = <Value extends string | boolean>(
  name: string,
  value: Value,
  values: ReadonlyArray<Value>,
): Value => {
  if (values.includes(value)) return value
  const listed = values.map((one) => JSON.stringify(one)).join(", ")
  throw new RangeError(`${name} is ${JSON.stringify(value)}; give one of ${listed}`)
}
