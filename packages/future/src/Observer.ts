/** What a client tells somebody who watches it. */
import type * as Future from "./Future.ts"
import type { Outcome } from "./Outcome.ts"
import type { Receipt } from "./Receipt.ts"

/**
 * Watches every future of a client: for test kits and for tracing, not for reacting.
 *
 * Called on the spot, so it must neither throw nor use the client. A client without one pays nothing, but for one within a task.
 */
export interface ClientObserver {
  /**
   * A task is about to be submitted, in the trace of this W3C `traceparent`, which is empty for none. What it
   * returns is what the task is sent with: that of a span of its own, for which `submitted` gives the future.
   */
  readonly submitting?: (task: string, traceparent: string) => string
  /** A task was submitted; its message is on its way. */
  readonly submitted: (future: Future.Future<unknown>) => void
  /** Somebody has asked for a future of a task that there is; the message is on its way. */
  readonly attached: (future: Future.Future<unknown>) => void
  /** Somebody waits for the end. */
  readonly awaited: (future: Future.Future<unknown>) => void
  /**
   * Somebody asks that it stop, and waits for the answer: for `boundMs` milliseconds at most, or
   * `undefined` for one who shares the bound of an earlier asker or is answered at once.
   */
  readonly cancelAsked: (future: Future.Future<unknown>, boundMs: number | undefined) => void
  /** One who asked is answered. */
  readonly answered: (future: Future.Future<unknown>, receipt: Receipt<unknown>) => void
  /** One who asked stops waiting for the answer. */
  readonly gaveUp: (future: Future.Future<unknown>) => void
  /** It has ended, and whoever waits is being told. */
  readonly ended: (future: Future.Future<unknown>, outcome: Outcome<unknown>) => void
}
