import type { FaultOptions } from "./Faults.ts"

export interface WorldOptions extends FaultOptions {
  /** Two worlds of one seed draw the same random numbers. `"world"` unless told otherwise. */
  readonly seed?: string
  /** How many timers may go off although something else could happen first. 0 unless told otherwise. */
  readonly earlyTimers?: number
  /**
   * How many timers that only look whether somebody is still there may go off: they do while a
   * connection is parted or a node stands still, and never otherwise. 0 unless told otherwise.
   */
  readonly backgroundTimers?: number
  /** How many frames may be in flight on one link before `send` refuses more. From 1; 1024 unless told otherwise. */
  readonly outboxFramesMax?: number
  /** How many turns what follows from one step may take before the world is given up. 100,000 unless told otherwise. */
  readonly turnsMax?: number
}
