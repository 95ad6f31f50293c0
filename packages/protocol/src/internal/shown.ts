/**
 * Any value as a short text for people.
 *
 * The value may come from anybody: an array of four billion holes, a bigint whose digits take an
 * hour to work out, a text of megabytes. So no more of it is looked at than is shown.
 */

const itemsMax = 20
const depthMax = 4
const textMax = 1_000

/** Never throws, whatever the value does when it is looked at. */
export const shown = (value: unknown): string => {
  try {
    if (value instanceof Error) return `${brief(value.name)}: ${brief(value.message)}`
    return typeof value === "string" ? brief(value) : part(value, 0)
  } catch {
    return "something that cannot be shown"
  }
}

const brief = (text: unknown): string => {
  const whole = typeof text === "string" ? text : part(text, depthMax)
  return whole.length > textMax ? `${whole.slice(0, textMax)}…` : whole
}

/** As JSON would have it, and a word for what JSON has not. */
const part = (value: unknown, depth: number): string => {
  switch (typeof value) {
    case "string":
      return JSON.stringify(brief(value))
    case "bigint":
      return BigInt.asIntN(64, value) === value ? String(value) : "a long bigint"
    case "function":
      return "a function"
    case "object":
      return value === null ? "null" : inside(value, depth)
    default:
      return String(value)
  }
}

const inside = (value: object, depth: number): string => {
  if (depth >= depthMax) return Array.isArray(value) ? "[…]" : "{…}"
  if (Array.isArray(value)) {
    const items = Array.from(value.slice(0, itemsMax), (item) => part(item, depth + 1))
    return `[${listed(items, value.length)}]`
  }
  if (value instanceof Error) return shown(value)
  // To go through the names of a long one takes seconds.
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`
  const names: Array<string> = []
  let count = 0
  // All are counted, and so many of them looked at.
  for (const name in value) if (count++ < itemsMax) names.push(name)
  const fields = names.map(
    (name) => `${JSON.stringify(brief(name))}:${part(Reflect.get(value, name), depth + 1)}`,
  )
  return `{${listed(fields, count)}}`
}

const listed = (parts: ReadonlyArray<string>, count: number): string =>
  count > parts.length ? `${parts.join(",")},… ${count - parts.length} more` : parts.join(",")
