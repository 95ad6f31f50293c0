/** What JSON does not show of a value. */
import { Values } from "@scaler-ts/protocol"

/**
 * Refuses a state that holds something JSON does not show, because two states that differ in it would
 * be taken for one. Throws an `Error` that names the place.
 */
export const refuseHidden = (state: unknown): void => {
  const found = hiddenIn(state)
  if (found === undefined) return
  const { place, value } = found
  const kind = typeof value === "object" ? `a ${value?.constructor.name}` : Values.shown(value)
  throw new Error(
    `state${place} is ${kind}, which JSON does not tell from others like it; ` +
      `use plain data, or give the model a \`key\``,
  )
}

interface Hidden {
  readonly place: string
  readonly value: unknown
}

const hiddenIn = (value: unknown): Hidden | undefined => {
  if (isShown(value)) return undefined
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const found = value[i] === undefined ? { place: "", value: undefined } : hiddenIn(value[i])
      if (found !== undefined) return { ...found, place: `[${i}]${found.place}` }
    }
    return undefined
  }
  if (!isPlain(value)) return { place: "", value }
  for (const name in value) {
    const found = hiddenIn(value[name])
    if (found !== undefined) return { ...found, place: `.${name}${found.place}` }
  }
  return undefined
}

const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> => {
  if (typeof value !== "object" || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

const isShown = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  typeof value === "string" ||
  typeof value === "boolean" ||
  Number.isFinite(value)
