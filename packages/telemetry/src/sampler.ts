/** Which traces are recorded, by the standard names of samplers. */
import * as Option from "effect/Option"
import * as Tracer from "effect/Tracer"

/** Whether a trace is recorded, by its id. */
type Decide = (traceId: string) => boolean

export interface Sampler {
  readonly decide: Decide
  /** Whether a span that belongs to another one is recorded if that is. */
  readonly followsParent: boolean
}

const always: Decide = () => true
const never: Decide = () => false

/** By the low 56 bits of the id, of which those from a threshold on are recorded: so everybody decides alike. */
const ratioOf = (ratio: number): Decide => {
  const threshold = BigInt(Math.round((1 - ratio) * 2 ** 56))
  return (traceId) => BigInt(`0x${traceId.slice(-14)}`) >= threshold
}

const kinds: Readonly<Record<string, (ratio: number) => Decide>> = {
  always_on: () => always,
  always_off: () => never,
  traceidratio: ratioOf,
}

const parentBased = "parentbased_"

/** The sampler of a name, or why there is none. */
export const samplerOf = (
  name = "parentbased_always_on",
  ratio = "1",
): Sampler | { readonly reason: string } => {
  const followsParent = name.startsWith(parentBased)
  const kind = followsParent ? name.slice(parentBased.length) : name
  const make = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined
  if (make === undefined) {
    const known = Object.keys(kinds).flatMap((one) => [one, parentBased + one])
    return { reason: `OTEL_TRACES_SAMPLER is ${name}; set one of ${known.join(", ")}` }
  }
  const number = Number(ratio)
  if (kind === "traceidratio" && !(number >= 0 && number <= 1)) {
    return { reason: `OTEL_TRACES_SAMPLER_ARG is ${ratio}; set a number from 0 to 1` }
  }
  return { decide: make(number), followsParent }
}

/** A tracer that records what the sampler says. */
export const sampling = (
  { decide, followsParent }: Sampler,
  tracer: Tracer.Tracer,
): Tracer.Tracer =>
  Tracer.make({
    span: (options) => {
      const parent = Option.getOrUndefined(options.parent)
      // What is not wanted by whoever makes it is not recorded by whatever sampler.
      const isUnwanted = !options.sampled && parent?.sampled !== false
      if (parent !== undefined) {
        const sampled = followsParent ? parent.sampled : decide(parent.traceId)
        return tracer.span({ ...options, sampled: sampled && !isUnwanted })
      }
      const span = tracer.span({ ...options, sampled: !isUnwanted })
      return isUnwanted || decide(span.traceId) ? span : unrecorded(options, span)
    },
    context: tracer.context,
  })

/** A span that nobody records, of a trace whose id speaks against it. */
const unrecorded = (
  options: Parameters<Tracer.Tracer["span"]>[0],
  { traceId, spanId }: Tracer.Span,
): Tracer.Span => {
  const span = new Tracer.NativeSpan({ ...options, sampled: false })
  span._traceId = traceId
  span._spanId = spanId
  return span
}
