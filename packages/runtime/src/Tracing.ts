/**
 * Spans of what becomes of tasks, for whichever tracer Effect is given.
 *
 * What the tables know is told when a stage is over. Only the two stages that others refer to, a client's
 * task and a worker's run, have a span from their beginning on, because the tracer alone gives ids.
 */
import type { Traceparent } from "@scaler-ts/protocol"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as EffectContext from "effect/Context"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Tracer from "effect/Tracer"

export type Attributes = Readonly<Record<string, string | number | boolean>>

/** What a span is begun with. */
export interface Beginning {
  readonly name: string
  readonly kind: Tracer.SpanKind
  /** The span it belongs to; `undefined` begins a trace. */
  readonly parent: Traceparent.Context | undefined
  /** When, by the loop's clock. Now unless told otherwise. */
  readonly sinceMs?: number
  readonly attributes: Attributes
}

/** What became of a stage: an error, or `stopped` where somebody asked for that. */
export type Ending = "done" | "stopped" | { readonly error: unknown }

export interface Tracing {
  readonly begin: (beginning: Beginning) => Tracer.Span
  /** Moves the beginning of a span to now, where the tracer lets it. */
  readonly restart: (span: Tracer.Span) => void
  readonly event: (span: Tracer.Span, name: string, attributes?: Attributes) => void
  readonly end: (span: Tracer.Span, ending: Ending, attributes?: Attributes) => void
}

/** What spans are made with, or `undefined` where nobody has given Effect a tracer: its own keeps nothing. */
export const current: Effect.Effect<Tracing | undefined> = Effect.withFiber((fiber) => {
  const { tracer, tracerEnabled } = fiber.cache
  if (!tracerEnabled || tracer === undefined || tracer === Tracer.nativeTracer) {
    return Effect.undefined
  }
  return Effect.succeed(tracingBy(tracer, fiber.getRef(Clock.Clock)))
})

const tracingBy = (tracer: Tracer.Tracer, clock: Clock.Clock): Tracing => {
  const now = (): bigint => clock.currentTimeNanosUnsafe()
  return {
    begin: ({ name, kind, parent, sinceMs, attributes }) => {
      const span = tracer.span({
        name,
        kind,
        parent: Option.map(Option.fromNullishOr(parent), Tracer.externalSpan),
        annotations: EffectContext.empty(),
        links: [],
        startTime: sinceMs === undefined ? now() : epochOf(clock, sinceMs),
        root: false,
        sampled: parent?.sampled ?? true,
      })
      return attributed(span, attributes)
    },
    restart: ({ status }) => void Object.assign(status, { startTime: now() }),
    event: (span, name, attributes) => span.event(name, now(), attributes),
    end: (span, ending, attributes = {}) => attributed(span, attributes).end(now(), exitOf(ending)),
  }
}

/** Nanoseconds since the epoch of a time by the loop's clock. */
const epochOf = (clock: Clock.Clock, ms: number): bigint =>
  clock.currentTimeNanosUnsafe() - (clock.monotonicTimeNanosUnsafe() - BigInt(Math.round(ms * 1e6)))

const attributed = (span: Tracer.Span, attributes: Attributes): Tracer.Span => {
  for (const [key, value] of Object.entries(attributes)) span.attribute(key, value)
  return span
}

const exitOf = (ending: Ending): Exit.Exit<void, unknown> => {
  if (ending === "done") return Exit.void
  return ending === "stopped" ? Exit.interrupt() : Exit.fail(ending.error)
}
