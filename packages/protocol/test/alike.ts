/** Whether two values are the same to whoever looks at them, more strictly than any assertion library asks. */

/**
 * Where two values differ, and how; `undefined` when they do not.
 *
 * By kind and prototype, by names and their order, holes and -0 included. Of views the elements
 * count and not the buffer: what `structuredClone` shows of the rest of a buffer is not sent.
 */
export const difference = (one: unknown, other: unknown, path = "value"): string | undefined => {
  if (!isObject(one) || !isObject(other)) {
    return Object.is(one, other) ? undefined : `${path}: ${String(one)} and ${String(other)}`
  }
  const prototype: unknown = Object.getPrototypeOf(one)
  if (prototype !== Object.getPrototypeOf(other)) return `${path}: two kinds of object`
  return inside(one, other, path) ?? properties(one, other, path)
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null

/** What is not kept in properties. */
const inside = (one: object, other: object, path: string): string | undefined => {
  if (one instanceof Map && other instanceof Map) {
    return difference([...one.entries()], [...other.entries()], `${path}.entries()`)
  }
  if (one instanceof Set && other instanceof Set) return difference([...one], [...other], path)
  if (one instanceof Date && other instanceof Date) {
    return difference(one.getTime(), other.getTime(), path)
  }
  if (one instanceof RegExp && other instanceof RegExp) {
    return difference(String(one), String(other), path)
  }
  if (one instanceof ArrayBuffer || ArrayBuffer.isView(one)) {
    return difference(hexOf(one), hexOf(other as ArrayBuffer), path)
  }
  if (one instanceof DOMException && other instanceof DOMException) {
    return difference([one.name, one.message], [other.name, other.message], path)
  }
  return undefined
}

const hexOf = (bytes: ArrayBuffer | ArrayBufferView): string =>
  ArrayBuffer.isView(bytes)
    ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex")
    : Buffer.from(bytes).toString("hex")

const properties = (one: object, other: object, path: string): string | undefined => {
  const isView = ArrayBuffer.isView(one) // Its elements are its properties, and have been compared.
  const names = isView ? [] : namesOf(one)
  const otherNames = isView ? [] : namesOf(other)
  if (names.join() !== otherNames.join())
    return `${path}: has ${names.join()}, and has ${otherNames.join()}`
  for (const name of names) {
    const found = difference(valueOf(one, name), valueOf(other, name), `${path}[${name}]`)
    if (found !== undefined) return found
    if (isShown(one, name) !== isShown(other, name)) return `${path}[${name}]: hidden, and not`
  }
  return undefined
}

/** Own properties in order, those of an error sorted: nobody says in which order those are made. */
const namesOf = (object: object): ReadonlyArray<string> => {
  const names = Object.getOwnPropertyNames(object)
  return object instanceof Error ? names.toSorted() : names
}

const valueOf = (object: object, name: string): unknown => Reflect.get(object, name)

const isShown = (object: object, name: string): boolean =>
  Object.prototype.propertyIsEnumerable.call(object, name)
