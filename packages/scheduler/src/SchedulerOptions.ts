import type { Limits } from "@scaler-ts/protocol"

export interface SchedulerOptions {
  /** How many ended cancels per client are remembered for askers that come late. From 1; 10,000 unless told otherwise. */
  readonly tombstonesMax?: number
  /** What is taken from clients and workers. A peer that sends more has lost its session, and nobody else. */
  readonly limits?: Partial<Limits>
  /**
   * How long a client or a worker may be without a connection before it is lost, in milliseconds. Until
   * then its tasks and attempts stay what they are. With 0 it is lost with its connection, with `Infinity` never. 10,000
   * unless told otherwise.
   */
  readonly resumeMs?: number
  /**
   * How long a client or a worker may say nothing before its connection counts as gone, in
   * milliseconds. 15,000 unless told otherwise; `Infinity`: for ever.
   */
  readonly silenceMs?: number
}
