/**
 * What the built-in classes know of their instances, asked behind the back of the instances.
 *
 * A property of a value may be an accessor of somebody's own, and encoding runs nobody's code. These
 * are the classes' own methods, and their accessors as they were before anybody could replace them.
 */

type Get<Of extends object, A> = (of: Of) => A

type Accessor = (this: unknown) => unknown

const accessorOf = (object: object, name: string): Accessor | undefined =>
  Reflect.get(Object.getOwnPropertyDescriptor(object, name) ?? {}, "get")

const getter = <Of extends object, A>(prototype: object, name: string): Get<Of, A> => {
  const get = accessorOf(prototype, name)
  if (get === undefined) return () => undefined as A // A flag that this runtime does not know.
  return (of) => get.call(of) as A
}

const views: object = Object.getPrototypeOf(Uint8Array.prototype)
const typedParts = {
  buffer: getter<object, ArrayBufferLike>(views, "buffer"),
  byteOffset: getter<object, number>(views, "byteOffset"),
  byteLength: getter<object, number>(views, "byteLength"),
}
const dataViewParts = {
  buffer: getter<object, ArrayBufferLike>(DataView.prototype, "buffer"),
  byteOffset: getter<object, number>(DataView.prototype, "byteOffset"),
  byteLength: getter<object, number>(DataView.prototype, "byteLength"),
}

/** The bytes that a view shows. */
export const bytesOfView = (view: ArrayBufferView): Uint8Array => {
  const { buffer, byteOffset, byteLength } = view instanceof DataView ? dataViewParts : typedParts
  return new Uint8Array(buffer(view), byteOffset(view), byteLength(view))
}

const bufferLength = getter<ArrayBuffer, number>(ArrayBuffer.prototype, "byteLength")

export const bytesOfBuffer = (buffer: ArrayBuffer): Uint8Array =>
  new Uint8Array(buffer, 0, bufferLength(buffer))

const bufferPrototype: unknown = (
  globalThis as { readonly Buffer?: { readonly prototype: unknown } }
).Buffer?.prototype

/** Whether it is what Node's `Buffer`s have for a prototype. */
export const isBuffer = (prototype: unknown): boolean => prototype === bufferPrototype

const source = getter<RegExp, string>(RegExp.prototype, "source")
const flags = (
  [
    ["hasIndices", "d"],
    ["global", "g"],
    ["ignoreCase", "i"],
    ["multiline", "m"],
    ["dotAll", "s"],
    ["unicode", "u"],
    ["unicodeSets", "v"],
    ["sticky", "y"],
  ] as const
).map(
  ([name, letter]) =>
    [getter<RegExp, boolean | undefined>(RegExp.prototype, name), letter] as const,
)

export const regexpParts = (regexp: RegExp): readonly [source: string, flags: string] => [
  source(regexp),
  flags.reduce((all, [isSet, letter]) => (isSet(regexp) === true ? all + letter : all), ""),
]

export const isDate = (prototype: unknown): boolean => prototype === Date.prototype

export const dateOf = (time: number): Date => new Date(time)

export const timeOf = (date: Date): number => Date.prototype.getTime.call(date)

export const domName: Get<DOMException, string> = getter(DOMException.prototype, "name")
export const domMessage: Get<DOMException, string> = getter(DOMException.prototype, "message")

/** Some engines keep `stack` as an accessor of their own in every error, and that one may be run. */
const nativeStack = accessorOf(new Error("of nobody"), "stack")

/** An error's stack, if it is a text and nobody's code has to run for it. */
export const stackOf = (error: Error): string | undefined => {
  const isNative = nativeStack !== undefined && accessorOf(error, "stack") === nativeStack
  const stack: unknown = isNative
    ? nativeStack.call(error)
    : Object.getOwnPropertyDescriptor(error, "stack")?.value
  return typeof stack === "string" ? stack : undefined
}

// In the standard for the web's sake only, and the cheapest way to look at an item without running it.
const lookupGetter: (this: object, key: number) => unknown = Reflect.get(
  Object.prototype,
  "__lookupGetter__",
)

/** Whether an item of an array is an accessor with a getter; its own, or inherited where it is a hole. */
export const hasGetter = (items: ReadonlyArray<unknown>, index: number): boolean =>
  lookupGetter.call(items, index) !== undefined
