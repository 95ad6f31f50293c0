/** How one gets from a value to one within it, and how people are told. */
import { cyclic, UnsupportedValue } from "./unsupported.ts"

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

/** Where in a value one is: keeps the way there, and how deep it goes. */
export abstract class Walk {
  protected depth = 0
  private root = "value"
  private depthMax = 0
  /** The values that are under way, outermost first, and the step within each. */
  private readonly open: Array<object> = []
  private readonly steps: Array<Step> = []

  protected begin(root: string, depthMax: number): void {
    this.root = root
    this.depthMax = depthMax
    this.depth = 0
  }

  /** Kept, they would keep what has been walked through. */
  protected end(): void {
    if (this.open.length > 0) this.open.length = this.steps.length = 0
  }

  /** Throws an error that names the value under way, or what a step from the one entered last leads to. */
  refuse(reason: string, step?: Step): never {
    const steps = this.steps.slice(0, step === undefined ? this.depth : this.depth - 1)
    if (step !== undefined) steps.push(step)
    throw new UnsupportedValue(this.root + steps.map(shownStep).join(""), reason)
  }

  /** Whether a value is being written already, so that it would be written into itself. */
  isOpen(value: object): boolean {
    const at = this.open.indexOf(value)
    return at >= 0 && at < this.depth
  }

  /** Goes into a value; `leave` comes back. */
  enter(value: object): void {
    if (this.depth >= this.depthMax) this.refuseTooDeep(value)
    this.open[this.depth++] = value
  }

  leave(): void {
    this.depth--
  }

  /** Only here is it worth the time to find out whether it would ever end. */
  private refuseTooDeep(value: object): never {
    const path = [...this.open.slice(0, this.depth), value]
    const again = path.findIndex((one, at) => path.indexOf(one) < at)
    if (again < 0) this.refuse(`nested more than ${this.depthMax} deep`)
    // Named where it comes for the second time, and not by as many steps as were taken since.
    this.depth = again
    this.refuse(cyclic)
  }

  protected take(step: Step): void {
    this.steps[this.depth - 1] = step
  }
}
