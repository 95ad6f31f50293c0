/** Writes a frame; around a long payload that is alone in it, instead of copying that. */
import type { Message } from "../Message.ts"
import { write } from "./layout.ts"
import { Output } from "./output.ts"
import { buildAround } from "./room.ts"

/** From this length on a payload leaves in a frame of its own: a frame costs as much as copying so much. */
export const aloneBytesMin = 16_384

export class FrameWriter {
  private readonly out = new Output()
  private isAlone = false
  /** The long payload of the message that is alone in its frame, and where it belongs. */
  private payload: Uint8Array | undefined
  private headEnd = 0

  begin(head: ReadonlyArray<number>, messages: number): void {
    this.out.begin()
    this.isAlone = messages === 1
    this.payload = undefined
    this.out.listHead(head.length + 1)
    for (const number of head) this.out.number(number)
    this.out.listHead(messages)
  }

  message(message: Message): void {
    const fields = write(message)
    this.out.listHead(fields.length)
    for (const field of fields) this.field(field)
  }

  /** The frame, as bytes of the caller's own. */
  finish(): Uint8Array {
    const { out, payload } = this
    if (payload === undefined) return out.copy()
    this.payload = undefined
    const head = out.part(0, this.headEnd)
    const tail = out.part(this.headEnd, out.size)
    return buildAround(head, payload, tail) ?? joined(head, payload, tail)
  }

  private field(field: unknown): void {
    const { out } = this
    switch (typeof field) {
      case "number":
        return out.number(field)
      case "string":
        return out.text(field)
      case "boolean":
        return out.boolean(field)
      default:
        if (field instanceof Uint8Array) return this.binary(field)
        if (Array.isArray(field)) return this.list(field)
        return field === null ? out.nil() : this.map(field as Readonly<Record<string, unknown>>)
    }
  }

  private binary(bytes: Uint8Array): void {
    this.out.binaryHead(bytes.length)
    if (!this.isAlone || bytes.length < aloneBytesMin) return this.out.copyOf(bytes)
    this.payload = bytes
    this.headEnd = this.out.size
  }

  private list(items: ReadonlyArray<unknown>): void {
    this.out.listHead(items.length)
    for (const item of items) this.field(item)
  }

  private map(record: Readonly<Record<string, unknown>>): void {
    const entries = Object.entries(record)
    this.out.mapHead(entries.length)
    for (const [key, value] of entries) {
      this.out.text(key)
      this.field(value)
    }
  }
}

const joined = (head: Uint8Array, payload: Uint8Array, tail: Uint8Array): Uint8Array => {
  const frame = new Uint8Array(head.length + payload.length + tail.length)
  frame.set(head)
  frame.set(payload, head.length)
  frame.set(tail, head.length + payload.length)
  return frame
}
