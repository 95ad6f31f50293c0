/** How one gets from a value to one within it, and how people are told. */

/** An item's index, a property's name, or a place in a Map. */
export type Step = string | number | MapStep

/** Moves through a Map; shown only when something is refused, for that costs more than to encode it. */
export class MapStep {
  private index = -1
  private key: unknown
  private isAtKey = false

  toKey(key: unknown): this {
    this.index++
    this.key = key
    this.isAtKey = true
    return this
  }

  toItem(): this {
    this.isAtKey = false
    return this
  }

  get shown(): string {
    return this.isAtKey ? `.keys()[${this.index}]` : `.get(${shownKey(this.key)})`
  }
}

export const shownStep = (step: Step): string => {
  if (typeof step === "object") return step.shown
  if (typeof step === "number") return `[${step}]`
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(step)
    ? `.${step}`
    : `[${JSON.stringify(step)}]`
}

/** The key of a Map, as far as it can be shown without running its code. */
const shownKey = (key: unknown): string =>
  typeof key === "string" ? JSON.stringify(key) : typeof key === "number" ? String(key) : "…"

/** What the class of a prototype is called, as far as that can be said without running its code. */
export const nameOfClass = (prototype: unknown): string => {
  const property = Object.getOwnPropertyDescriptor(Object(prototype), "constructor")
  const type: unknown = property?.value
  if (typeof type !== "function") return "an unnamed class"
  const name: unknown = Object.getOwnPropertyDescriptor(type, "name")?.value
  return typeof name === "string" && name !== "" ? name : "an unnamed class"
}
