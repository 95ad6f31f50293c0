/** Writes a frame; around a long payload that is alone in it, instead of copying that. */
import type { Message } from "../Message.ts"
import { write } from "./layout.ts"
import { binaryHead, joined, Packer } from "./packer.ts"
import { buildAround } from "./room.ts"

/** From this length on a payload leaves in a frame of its own: a frame costs as much as copying so much. */
export const aloneBytesMin = 16_384

// Kept, because making one costs ten times what using it does. It cannot be re-entered: no message runs code.
const packer = new Packer()

/** The frame of these numbers and messages, as bytes of the caller's own. */
export const writeFrame = (
  head: ReadonlyArray<number>,
  messages: ReadonlyArray<Message>,
): Uint8Array => {
  const isAlone = messages.length === 1
  const fields = messages.map((message) => write(message).map((field) => carried(field, isAlone)))
  const pieces = packer.pack([...head, fields], true)
  const [before, payloadHead, payload, behind] = pieces
  if (payloadHead === undefined) return before
  if (payload && behind) {
    const frame = buildAround(joined([before, payloadHead]), payload, behind)
    if (frame !== undefined) return frame
  }
  return joined(pieces)
}

/** A field as msgpack can carry it: half of a surrogate pair becomes a replacement character. */
const carried = (field: unknown, isAlone: boolean): unknown => {
  if (typeof field === "string") return field.toWellFormed()
  if (typeof field !== "object" || field === null) return field
  if (field instanceof Uint8Array) {
    const isApart = isAlone && field.length >= aloneBytesMin
    return isApart ? packer.placeOf([binaryHead(field.length), field]) : field
  }
  if (Array.isArray(field)) return field.map((item) => carried(item, false))
  return Object.fromEntries(Object.entries(field).map(([key, item]) => [key.toWellFormed(), item]))
}
