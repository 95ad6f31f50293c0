/**
 * The library's encoder, and long binaries beside it.
 *
 * A long binary is not given to the library, which would copy it once for its buffer and once more
 * for every extension around it. An empty extension stands in its place; the library tells where it
 * has been written, and the whole is put together once.
 */
import { Encoder, ExtData, type ExtensionCodecType } from "@msgpack/msgpack"

/** Leaves every extension as it is, because what one holds is looked at before it is read; timestamps, too. */
export const extensionsAsTheyAre: ExtensionCodecType<undefined> = {
  tryToEncode: (object) => (object instanceof ExtData ? object : null),
  decode: (data, type) => new ExtData(type, data),
}

/** Bytes in pieces that belong behind one another. */
export type Pieces = readonly [first: Uint8Array, ...more: ReadonlyArray<Uint8Array>]

/** An encoder keeps its buffer, so one that wrote more than this is given up. */
const keptBytesMax = 1_048_576

/** What is written in the place of pieces: the longest form of an extension, without data. */
const placeBytes = 6

const none = new Uint8Array(0)

const makeEncoder = (): Encoder =>
  new Encoder({ extensionCodec: extensionsAsTheyAre, maxDepth: Infinity })

export class Packer {
  private encoder = makeEncoder()
  private places: Array<{ readonly end: number; readonly pieces: Pieces }> = []

  /** What stands for pieces in what is given to `pack`. */
  placeOf(pieces: Pieces): ExtData {
    return new ExtData(0, (end) => {
      this.places.push({ end, pieces })
      return none
    })
  }

  /** The bytes of a value. Unless they are to be kept, they hold until the next is packed. */
  pack(value: unknown, isKept = false): Pieces {
    if (this.places.length > 0) this.places = []
    const bytes = isKept ? this.encoder.encode(value) : this.encoder.encodeSharedRef(value)
    if (bytes.length > keptBytesMax) this.encoder = makeEncoder()
    const { places } = this
    if (places.length === 0) return [bytes]
    this.places = []
    const begin = (places[0]?.end ?? 0) - placeBytes
    const pieces: [Uint8Array, ...Array<Uint8Array>] = [bytes.subarray(0, begin)]
    places.forEach((place, i) => {
      const end = (places[i + 1]?.end ?? bytes.length + placeBytes) - placeBytes
      pieces.push(...place.pieces, bytes.subarray(place.end, end))
    })
    return pieces
  }
}

export const lengthOf = (pieces: Pieces): number =>
  pieces.reduce((length, piece) => length + piece.length, 0)

/** Pieces as one, by the one copy that there is of each: into `whole`, which is as long as they are. */
export const joined = (
  pieces: Pieces,
  whole: Uint8Array = new Uint8Array(lengthOf(pieces)),
): Uint8Array => {
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}

/** What stands before a binary of 256 bytes or more. */
export const binaryHead = (length: number): Uint8Array => longHead(0xc5, length)

/** What stands before an extension of 256 bytes or more. */
export const extensionHead = (type: number, length: number): Uint8Array =>
  longHead(0xc8, length, type)

/** A mark and a length of 2 bytes; the next mark, and one of 4, where that is too short. */
const longHead = (mark: number, length: number, ...rest: ReadonlyArray<number>): Uint8Array =>
  length < 0x1_0000
    ? Uint8Array.of(mark, length >>> 8, length, ...rest)
    : Uint8Array.of(mark + 1, length >>> 24, length >>> 16, length >>> 8, length, ...rest)
