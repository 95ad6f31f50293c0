/** What may be said of a cluster in a world. */
import type { CancelPolicy } from "@scaler-ts/future"
import type { ExecutorFactory, TaskModules } from "@scaler-ts/worker"
import type { Faults, Profile } from "./faults.ts"

export interface ClusterOptions {
  /** How many clients there are: "client", or "client-1" and on. 1 unless told otherwise. */
  readonly clients?: number
  /** How many workers there are: "worker-1" and on. 1 unless told otherwise. */
  readonly workers?: number
  /** Whether there is an operator, on the node "operator". There is none unless told otherwise. */
  readonly operator?: boolean
  /** How many attempts a worker runs at a time. 1 unless told otherwise. */
  readonly slots?: number
  /** How many attempts a worker holds beyond its slots. 0 unless told otherwise. */
  readonly prefetch?: number
  /** What each worker has beside its slots, such as `{ gpu: 1 }`. Nothing unless told otherwise. */
  readonly capabilities?: { readonly [capability: string]: number }
  /** Whether a job that does not stop can be killed. It can unless told otherwise. */
  readonly canKill?: boolean
  /** What becomes of a result that races a cancel. `cancel-wins` unless told otherwise. */
  readonly policy?: CancelPolicy
  /** How long a cancel waits for its answer, in milliseconds of the world's time. 30,000 unless told otherwise. */
  readonly cancelBoundMs?: number
  /** How long what is asked to stop may take before it is killed, in milliseconds of the world's time. 5,000 unless told otherwise. */
  readonly graceMs?: number
  /**
   * How long a session may be without a connection before it is lost, in milliseconds of the world's
   * time. 0 unless told otherwise: it is lost with its connection.
   */
  readonly resumeMs?: number
  /**
   * How long an end of a connection may be silent before that counts as gone, in milliseconds of the
   * world's time. For ever unless told otherwise. Who looks does so only while a connection is parted or
   * a node stands still, so many times in all as `backgroundTimers` says: it would go on for ever.
   */
  readonly silenceMs?: number
  /** How often somebody looks whether the other end of a connection is there. 0 unless told otherwise. */
  readonly backgroundTimers?: number
  /**
   * How long a worker whose session is gone tries to begin another one, in milliseconds of the world's
   * time. 0 unless told otherwise: it leaves.
   */
  readonly rejoinMs?: number
  /**
   * What clients do when another scheduler answers: send again what has not ended, for as long as
   * `rejoinMs` says, or fail it. They fail it unless told otherwise.
   */
  readonly onSchedulerLost?: "resubmit" | "fail"
  /**
   * How long a scheduler that starts waits for its workers before it starts what is sent again, in
   * milliseconds of the world's time. 0 unless told otherwise.
   */
  readonly recoverMs?: number
  /** How many answers to cancels the scheduler remembers of each client. 10,000 unless told otherwise. */
  readonly tombstonesMax?: number
  /** How many unfinished tasks the scheduler takes of one client. 100,000 unless told otherwise. */
  readonly clientTasksMax?: number
  /** How many it takes of all clients together. 1,000,000 unless told otherwise. */
  readonly tasksMax?: number
  /** How many unfinished children a job may have. 10,000 unless told otherwise. */
  readonly childrenMax?: number
  /** How many ends of detached tasks the scheduler keeps. 10,000 unless told otherwise. */
  readonly keptEndsMax?: number
  /** Tasks of your own beside the jobs. They need an executor that calls functions, such as `inline()`. */
  readonly tasks?: TaskModules
  /** What runs the tasks: jobs only, as the explorer says, unless told otherwise. */
  readonly executor?: ExecutorFactory
  /** Whether the hellos are part of the race. Unless told otherwise it begins when everybody is connected. */
  readonly handshake?: boolean
  readonly earlyTimers?: number
  readonly seed?: string
  /**
   * What the network can do: `"tcp"` (the default) loses messages only where a connection breaks,
   * `"datagram"` loses, doubles and reorders single ones, and in a `"calm"` nothing goes wrong.
   */
  readonly profile?: Profile
  /** What may go wrong, and how often. Nothing unless told otherwise. */
  readonly faults?: Faults
}
