/** The library's decoder, for bytes that have been scanned. */
import { Decoder } from "@msgpack/msgpack"
import { extensionsAsTheyAre } from "./packer.ts"

/** A decoder keeps what it read last, so one that read more than this is given up. */
const keptBytesMax = 65_536

/** Without the library's cache of keys: which of them it forgets is a matter of chance, and a step knows no chance. */
const makeDecoder = (): Decoder =>
  new Decoder({ extensionCodec: extensionsAsTheyAre, keyDecoder: null })

/** Leaves extensions as they are, and shows binaries where they lie. */
export class Unpacker {
  private decoder = makeDecoder()

  /** The one value that the bytes are. */
  read(bytes: Uint8Array): unknown {
    const value = this.decoder.decode(bytes)
    if (bytes.length > keptBytesMax) this.decoder = makeDecoder()
    return value
  }
}
