/** Spans of a client's tasks: each from its submission to its outcome. */
import { Traceparent } from "@scaler-ts/protocol"
import { Tracing } from "@scaler-ts/runtime"
import * as Effect from "effect/Effect"
import type { Span } from "effect/Tracer"
import type { Future } from "../Future.ts"
import type { ClientObserver } from "../Observer.ts"
import type { Outcome } from "../Outcome.ts"
import type { Receipt } from "../Receipt.ts"
import { entryOf } from "./FutureEntry.ts"
import { nobody } from "./nobody.ts"

interface Traced {
  readonly span: Span
  /** What was told last: several who ask are told the same. */
  receipt: Receipt<unknown> | undefined
}

/** The options of a client that makes spans of its tasks, if Effect has been given a tracer. */
export const traced = <Options extends { readonly observer?: ClientObserver }>(
  options: Options,
): Effect.Effect<Options> =>
  Effect.map(Tracing.current, (tracing) =>
    tracing === undefined
      ? options
      : { ...options, observer: new TracingObserver(tracing, options.observer ?? nobody) },
  )

class TracingObserver implements ClientObserver {
  private readonly tracing: Tracing.Tracing
  private readonly other: ClientObserver
  private readonly all = new WeakMap<Future<unknown>, Traced>()
  /** That of the task which is being submitted. */
  private begun: Span | undefined

  constructor(tracing: Tracing.Tracing, other: ClientObserver) {
    this.tracing = tracing
    this.other = other
  }

  submitting(task: string, traceparent: string): string {
    this.begun = this.tracing.begin({
      name: "scaler.task",
      kind: "client",
      parent: Traceparent.parse(this.other.submitting?.(task, traceparent) ?? traceparent),
      attributes: { "scaler.task.name": task },
    })
    return Traceparent.format(this.begun)
  }

  submitted(future: Future<unknown>): void {
    if (this.begun !== undefined) {
      if (future.id !== "") this.begun.attribute("scaler.task.id", future.id)
      this.all.set(future, { span: this.begun, receipt: undefined })
    }
    this.begun = undefined
    this.other.submitted(future)
  }

  attached(future: Future<unknown>): void {
    this.other.attached(future)
  }

  awaited(future: Future<unknown>): void {
    this.other.awaited(future)
  }

  cancelAsked(future: Future<unknown>, boundMs: number | undefined): void {
    const one = this.all.get(future)
    // Who joins an earlier asker, or comes too late, asks for nothing new.
    if (one !== undefined && boundMs !== undefined) {
      this.tracing.event(one.span, "scaler.cancel.requested")
    }
    this.other.cancelAsked(future, boundMs)
  }

  answered(future: Future<unknown>, receipt: Receipt<unknown>): void {
    this.tell(future, receipt)
    this.other.answered(future, receipt)
  }

  gaveUp(future: Future<unknown>): void {
    this.other.gaveUp(future)
  }

  ended(future: Future<unknown>, outcome: Outcome<unknown>): void {
    // The answer that ends a task is told by its end.
    this.tell(future, entryOf(future).receipt)
    const one = this.all.get(future)
    this.all.delete(future)
    if (one !== undefined) {
      this.tracing.end(one.span, endingOf(outcome), { "scaler.outcome": outcome._tag })
    }
    this.other.ended(future, outcome)
  }

  private tell(future: Future<unknown>, receipt: Receipt<unknown> | undefined): void {
    const one = this.all.get(future)
    if (one === undefined || receipt === undefined || receipt === one.receipt) return
    one.receipt = receipt
    this.tracing.event(one.span, "scaler.cancel.receipt", { "scaler.cancel.receipt": receipt._tag })
  }
}

const endingOf = (outcome: Outcome<unknown>): Tracing.Ending => {
  switch (outcome._tag) {
    case "Succeeded":
      return "done"
    case "Cancelled":
      return "stopped"
    case "Failed":
    case "Lost":
      return { error: outcome.error }
  }
}
