/** The port every executor implements: it owns the slots, runs functions in them, and says truly when one has stopped. */
import type { Limits, Message } from "@scaler-ts/protocol"
import type { AnyTask } from "@scaler-ts/protocol/tasks"
import type { Loop } from "@scaler-ts/runtime"
import type * as Effect from "effect/Effect"

/** One attempt, as an executor sees it. */
export interface Attempt {
  /** Names the attempt within this executor; never used twice. */
  readonly key: number
  readonly task: AnyTask
  /** The number of the attempt, from 1. */
  readonly attempt: number
  /** The encoded input. */
  readonly input: Uint8Array
  /** Whether what it says is to be told; otherwise nobody listens. */
  readonly wantsOutput: boolean
  /** How many tasks it is nested in. Slots that are lent are for those that are nested in any (`Places`). */
  readonly depth: number
  /** The span it is, as a W3C `traceparent`; empty for none. */
  readonly traceparent: string
}

/** What one process has used. */
export interface Usage {
  /** Names the process; not used again for as long as it is there. */
  readonly id: number
  /** Processor time since it began, in milliseconds. */
  readonly cpuMs: number
  /** Resident memory, in bytes. */
  readonly memoryBytes: number
}

/**
 * Runs attempts in slots.
 *
 * An executor never decides whether an attempt is to stop; it does what it is told and reports
 * what it has seen. Its methods return at once and call the listener from a later turn, except
 * where they say otherwise.
 */
export interface Executor {
  readonly slots: number
  /** Whether `kill` works. Without it, a function that ignores its signal cannot be stopped. */
  readonly canKill: boolean
  /** How deep a task may be nested that runs here and has children of its own: what that costs is the executor's to say. */
  readonly nestingMax: number
  /** What the processes in which functions run have used until now; nothing where nobody can tell. */
  readonly usage?: (() => ReadonlyArray<Usage>) | undefined
  /**
   * Runs an attempt, in the order of the calls, but the deepest nested first. `true`: it has a slot. `false`: it waits for one,
   * and the listener's `started` tells when it has got it.
   */
  readonly start: (attempt: Attempt) => boolean
  /**
   * Takes an attempt that waits back out of the line. `true`: its function has not run and will
   * not. `false`: it has a slot already, even if `started` has not been reported yet.
   */
  readonly withdraw: (key: number) => boolean
  /** Asks the function of an attempt that has a slot to stop: aborts its signal, interrupts its fiber. */
  readonly interrupt: (key: number) => void
  /**
   * Ends what runs the attempt, without asking, and without ending any other attempt. The listener
   * is told `exited` once the end has been seen, or `returned` if the function was faster.
   */
  readonly kill: (key: number) => void
  /**
   * Asks that an attempt say no more for now, because its client takes its lines too slowly: that its
   * output is not read, or that it is made to wait when it says something. Lines that come all the same
   * are kept, as many as fit. An executor that can do neither ignores it. The attempt has to end as
   * fast as before when it is killed.
   */
  readonly holdOutput: (key: number) => void
  /**
   * Takes that back: before the attempt is interrupted, when its client has caught up, and once it has
   * ended, whose slot another one may have by then.
   */
  readonly releaseOutput: (key: number) => void
  /** Hands the clients within an attempt what has come about a child of it. Does nothing for one that has ended. */
  readonly tellChild: (key: number, message: Message.ToSubmitter) => void
  /**
   * An attempt that has a slot waits for its children: until `reclaim`, or its end, attempts that are nested may
   * have that slot beside it.
   */
  readonly lend: (key: number) => void
  /** It goes on, at once, whoever has its slot meanwhile. */
  readonly reclaim: (key: number) => void
  /** Ends everything. Completes when nothing of it runs any more, or when a bound of its own has passed. */
  readonly shutdown: Effect.Effect<void>
}

/** What an executor tells the worker. Each attempt that got a slot ends with exactly one of the first three. */
export interface ExecutorListener {
  /** The function returned or threw by itself. `payload` is its encoded value or error. */
  readonly returned: (key: number, ok: boolean, payload: Uint8Array, runMs: number) => void
  /**
   * The function stopped because it was interrupted. `payload` encodes the error it ended with: a
   * function, because nobody reads that error of a task that was asked to stop.
   */
  readonly stopped: (key: number, payload: () => Uint8Array, runMs: number) => void
  /** What ran the function is gone, and its exit has been seen; `reason` says how it ended. */
  readonly exited: (key: number, reason: string, runMs: number) => void
  /** An attempt that waited has got a slot. */
  readonly started: (key: number) => void
  readonly progress: (key: number, fraction: number) => void
  /** A line that an attempt has said which wants its output to be told, in order, before its end. */
  readonly log: (key: number, line: string, from: Message.OutputSource) => void
  /** A client within an attempt has said something about a child of it, by the attempt's own number for that. */
  readonly said: (key: number, message: Message.OfSubmitter) => void
  /** An attempt begins to wait for children, or goes on. */
  readonly waits: (key: number, isWaiting: boolean) => void
}

/** Makes an executor for a worker; it lives until its `shutdown`. */
export interface ExecutorFactory {
  readonly slots: number
  /**
   * `loop` is the worker's own, for executors that run on the worker's event loop. Inputs are decoded
   * and results encoded within `limits`.
   */
  readonly make: (
    listener: ExecutorListener,
    loop: Loop.Loop,
    limits: Limits,
  ) => Effect.Effect<Executor>
}
