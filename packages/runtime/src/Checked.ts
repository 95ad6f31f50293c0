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

export const finite = (name: string, value: number): number => {
  if (Number.isFinite(value)) return value
  throw new RangeError(`${name} is ${value}; give a finite number`)
}

/** A name that travels in messages. Untyped programs may pass what is no text. */
export const text = (name: string, value: string, charactersMax: number): string => {
  if (typeof value !== "string") throw new TypeError(`${name} is ${String(value)}; give a text`)
  if (value.length >= 1 && value.length <= charactersMax) return value
  throw new RangeError(`${name} has ${value.length} characters; give it 1 to ${charactersMax}`)
}

/** No frame has to carry more than that. */
const quantitiesMax = 100
const nameCharactersMax = 1_000

/** Positive finite numbers by name; a copy, so that nobody changes it afterwards. */
export const quantities = (
  name: string,
  value: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> => {
  const given: unknown = value
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    const shown = Array.isArray(given) ? "a list" : String(given)
    throw new TypeError(`${name} is ${shown}; give quantities by name, such as { gpu: 1 }`)
  }
  const entries: ReadonlyArray<readonly [string, unknown]> = Object.entries(value)
  if (entries.length > quantitiesMax) {
    throw new RangeError(`${name} has ${entries.length} names; give ${quantitiesMax} at most`)
  }
  for (const [key, quantity] of entries) {
    if (key.length > nameCharactersMax) {
      throw new RangeError(
        `${name} has a name of ${key.length} characters; give it ${nameCharactersMax} at most`,
      )
    }
    if (!Number.isFinite(quantity) || Number(quantity) <= 0) {
      throw new RangeError(`${name}.${key} is ${String(quantity)}; give a positive finite number`)
    }
  }
  return Object.fromEntries(Object.entries(value))
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
