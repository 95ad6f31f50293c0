/** W3C Trace Context: the text by which a task says to which trace it belongs. */

/** A span as others know it. */
export interface Context {
  /** 32 hexadecimal digits. */
  readonly traceId: string
  /** 16 hexadecimal digits. */
  readonly spanId: string
  /** Whether what belongs to the trace is recorded. */
  readonly sampled: boolean
}

const form = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/
const zeros = /^0+$/

/**
 * The span that a `traceparent` names. `undefined` for what the recommendation says is to be ignored: another
 * form, version `ff`, an id of zeros. Of a later version what this one knows is read.
 */
export const parse = (text: string): Context | undefined => {
  const [, version, traceId = "0", spanId = "0", flags = "", more] = form.exec(text) ?? []
  if (version === undefined || version === "ff" || zeros.test(traceId) || zeros.test(spanId)) {
    return undefined
  }
  if (version === "00" && more !== undefined) return undefined
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 }
}

/** The `traceparent` that names a span. Ids that are too short, as those of other formats, are filled up with zeros. */
export const format = ({ traceId, spanId, sampled }: Context): string =>
  `00-${traceId.padStart(32, "0")}-${spanId.padStart(16, "0")}-${sampled ? "01" : "00"}`

/** The same span in this version's form; empty for what is to be ignored. */
export const normal = (text: string): string => {
  const context = parse(text)
  return context === undefined ? "" : format(context)
}
