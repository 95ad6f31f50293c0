/** Reads a frame into lists, numbers and texts; what they mean is the layout's to say. */
import { type Limits, limitsDefault } from "../Limits.ts"
import { Reader, type ReaderLimits } from "./reader.ts"

/** An extension. No message has one yet; a newer minor version may, where an older one does not look. */
class Extension {
  readonly type: number
  constructor(type: number) {
    this.type = type
  }
}

export class FrameReader extends Reader {
  private from: Limits = limitsDefault

  constructor() {
    super(readerLimits(limitsDefault))
  }

  /** Reads under these limits from here on. */
  under(limits: Limits): this {
    if (limits !== this.from) {
      this.from = limits
      this.limits = readerLimits(limits)
    }
    return this
  }

  protected override binary(from: number, to: number): Uint8Array {
    return this.bytes.subarray(from, to)
  }

  protected override extension(type: number, end: number): Extension {
    this.at = end
    return new Extension(type)
  }

  protected override key(key: unknown): string {
    return typeof key === "string" ? key : this.fail("a key that is no text")
  }
}

const readerLimits = (limits: Limits): ReaderLimits => ({
  depthMax: limits.frameDepthMax,
  itemsMax: limits.frameItemsMax,
  textBytesMax: limits.textBytesMax,
  binaryBytesMax: limits.payloadBytesMax,
})
