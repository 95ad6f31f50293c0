/** Errors as they are carried: of which class, by which name, with what message, stack, cause and own fields. */
import type { ExtData } from "@msgpack/msgpack"
import { errorNames, errorParts, errorPrototypes, extension } from "./extensions.ts"
import { domMessage, domName, stackOf } from "./intrinsics.ts"
import { cyclic, told } from "./unsupported.ts"
import type { ValueWriter } from "./valueWriter.ts"

/** More prototypes than this has nobody; a proxy may say that it has any number. */
const prototypesMax = 100

/** Class, name, message, stack, whether there is a cause, the cause, and then the fields in pairs. */
export const carriedError = (writer: ValueWriter, error: Error): ExtData => {
  if (writer.isOpen(error)) writer.refuse(cyclic)
  const kind = kindOf(error)
  writer.enter(error)
  const name = textOf(error, "name")
  const message = textOf(error, "message")
  // An engine puts a stack together when it is first looked at, of name and message: by running them.
  const stack = isText(name) && isText(message) ? stackOf(error) : undefined
  const hasCause = Object.hasOwn(error, "cause")
  const parts: Array<unknown> = [
    kind,
    carriedText(writer, "name", name, errorNames[kind]),
    // An empty message of its own is not the one that all inherit.
    carriedText(writer, "message", message, Object.hasOwn(error, "message") ? undefined : ""),
    stack === undefined ? null : writer.text(stack),
    hasCause,
  ]
  if (hasCause) parts.push(orSentence(writer, () => writer.property(error, "cause")))
  for (const key of fieldsOf(error, kind)) {
    parts.push(writer.text(key))
    parts.push(orSentence(writer, () => writer.property(error, key)))
  }
  writer.leave()
  return writer.extension(extension.error, parts)
}

/** Where a writer is lenient, a sentence takes the place of what cannot be carried: better than losing the error. */
const orSentence = (writer: ValueWriter, carry: () => unknown): unknown =>
  writer.isLenient
    ? writer.attempt(carry, (refusal) => writer.text(`[not sent: ${told(refusal)}]`))
    : carry()

/** A text that an error has or inherits, or why it is none. */
type Text = string | { readonly reason: string }

const isText = (text: Text): text is string => typeof text === "string"

/** A text as it is carried; nil where it is what all of its class have. */
const carriedText = (
  writer: ValueWriter,
  key: "name" | "message",
  text: Text,
  usual: string | undefined,
): unknown => {
  if (text === usual) return null
  if (isText(text)) return writer.text(text)
  return orSentence(writer, () => writer.refuse(text.reason, key))
}

const textOf = (error: Error, key: "name" | "message"): Text => {
  for (const object of chainOf(error)) {
    const property = Object.getOwnPropertyDescriptor(object, key)
    if (property === undefined) continue
    if (object === DOMException.prototype) {
      return (key === "name" ? domName : domMessage)(error as DOMException)
    }
    if (property.get !== undefined || property.set !== undefined) {
      return { reason: "a getter or setter cannot be sent" }
    }
    const text: unknown = property.value
    return typeof text === "string" ? text : { reason: `an error's ${key} has to be a text` }
  }
  return ""
}

const kindOf = (error: Error): number => {
  for (const object of chainOf(error)) {
    const kind = errorPrototypes.indexOf(object)
    if (kind >= 0) return kind
  }
  return 0
}

const chainOf = function* (error: object): Generator<object> {
  let object: object | null = error
  for (let i = 0; object !== null && i < prototypesMax; i++) {
    yield object
    object = Object.getPrototypeOf(object)
  }
}

const fieldsOf = (error: Error, kind: number): ReadonlyArray<string> => {
  const fields = Object.keys(error).filter((key) => !errorParts.has(key))
  const isAggregate = errorNames[kind] === "AggregateError"
  return isAggregate && !fields.includes("errors") && Object.hasOwn(error, "errors")
    ? ["errors", ...fields]
    : fields
}
