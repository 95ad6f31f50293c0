/** Reads a frame into lists, numbers and texts; what they mean is the layout's to say. */
import { type Limits, limitsDefault } from "../Limits.ts"
import { Malformed, Scan, type ScanLimits } from "./scan.ts"
import { Unpacker } from "./unpacker.ts"

export class FrameReader {
  private readonly unpacker = new Unpacker()
  private readonly scan: Scan
  private limits: Limits | undefined

  constructor(scan: Scan = new Scan()) {
    this.scan = scan
  }

  /** The one value that the bytes are, its binaries as views of them. Throws an `Error` for anything else. */
  read(bytes: Uint8Array, limits: Limits = limitsDefault): unknown {
    if (limits !== this.limits) {
      this.limits = limits
      this.scan.under(scanLimits(limits))
    }
    this.scan.one(bytes)
    const frame = this.unpacker.read(bytes)
    if (this.scan.entries > 0 && this.scan.entries !== propertiesIn(frame)) {
      throw new Malformed("a map with the same key twice")
    }
    return frame
  }
}

const propertiesIn = (value: unknown): number => {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return 0
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + propertiesIn(item), 0)
  if (Object.getPrototypeOf(value) !== Object.prototype) return 0 // An extension.
  const items: ReadonlyArray<unknown> = Object.values(value)
  return items.reduce((sum: number, item) => sum + propertiesIn(item), items.length)
}

const scanLimits = (limits: Limits): ScanLimits => ({
  depthMax: limits.frameDepthMax,
  itemsMax: limits.frameItemsMax,
  textBytesMax: limits.textBytesMax,
  binaryBytesMax: limits.payloadBytesMax,
})
