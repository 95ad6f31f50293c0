/**
 * Writes msgpack into one buffer that grows.
 *
 * Long binaries are not copied into it: they are remembered with their place, and put there when the
 * whole is put together, so that they are copied once.
 */
import { extensionMarks, Output, Overflow } from "./output.ts"
import { roomyBytesMin, withRoom } from "./room.ts"

interface Mark {
  readonly length: number
  readonly longBytes: number
  readonly longs: number
}

/** Of the longest form, because the length is not known when it is written. */
const extensionHeadBytes = 6

export class Writer extends Output {
  private readonly longs: Array<{ readonly at: number; readonly bytes: Uint8Array }> = []
  private longBytes = 0

  override begin(bytesMax: number = Infinity): void {
    super.begin(bytesMax)
    this.longBytes = 0
    this.longs.length = 0
  }

  /** How much has been written, long binaries included. */
  override get size(): number {
    return this.length + this.longBytes
  }

  mark(): Mark {
    return { length: this.length, longBytes: this.longBytes, longs: this.longs.length }
  }

  /** Takes back what was written since the mark. */
  backTo({ length, longBytes, longs }: Mark): void {
    this.length = length
    this.longBytes = longBytes
    this.longs.length = longs
  }

  /** What was written, as bytes of the caller's own; long ones have room for a frame around them. */
  finish(): Uint8Array {
    if (this.size > this.bytesMax) throw new Overflow()
    if (this.size < roomyBytesMin) return this.bytes.slice(0, this.length)
    const whole = withRoom(this.size)
    let read = 0
    let written = 0
    for (const { at, bytes } of this.longs) {
      whole.set(this.bytes.subarray(read, at), written)
      whole.set(bytes, written + at - read)
      written += at - read + bytes.length
      read = at
    }
    whole.set(this.bytes.subarray(read, this.length), written)
    return whole
  }

  /** Bytes as msgpack's binary. */
  binary(value: Uint8Array): void {
    this.binaryHead(value.length)
    this.raw(value)
  }

  /** The head of an extension whose data follow. */
  extensionHead(type: number, length: number): void {
    this.head(extensionMarks, length)
    this.byte(type)
  }

  /** Begins an extension whose length is not known yet; `extensionEnd` is given what this returns. */
  extensionBegin(type: number): Mark {
    const mark = this.mark()
    this.reserve(extensionHeadBytes)
    this.bytes[this.length] = 0xc9
    this.bytes[this.length + 5] = type
    this.length += extensionHeadBytes
    return mark
  }

  extensionEnd({ length, longBytes }: Mark): void {
    this.view.setUint32(length + 1, this.size - length - longBytes - extensionHeadBytes)
  }

  /** Bytes as they are, without a head. */
  raw(value: Uint8Array): void {
    if (value.length < roomyBytesMin) return this.copyOf(value)
    if (this.size + value.length > this.bytesMax) throw new Overflow()
    this.longs.push({ at: this.length, bytes: value })
    this.longBytes += value.length
  }
}
