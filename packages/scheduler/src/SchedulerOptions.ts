import {
  Admission,
  type CreditBounds,
  checkedTimes,
  type Limits,
  Liveness,
  makeLimits,
  resumeMsDefault,
} from "@scaler-ts/protocol"
import { Checked, type Tracing } from "@scaler-ts/runtime"
import type { KeptMax } from "./KeptEnds.ts"

export interface SchedulerOptions {
  /** How many ended cancels per client are remembered for askers that come late. From 1; 10,000 unless told otherwise. */
  readonly tombstonesMax?: number
  /**
   * How many tasks of one client may be here unfinished. From 1; 100,000 unless told otherwise. Its
   * next ones wait at the client; who sends them all the same loses its session. To as many more it may attach.
   */
  readonly clientTasksMax?: number
  /**
   * How many bytes of inputs of one client's unfinished tasks may be here, and one input more. From 1;
   * 268,435,456 (256 MiB) unless told otherwise.
   */
  readonly clientBytesMax?: number
  /**
   * How many unfinished tasks of all clients may be here. From 1; 1,000,000 unless told otherwise. At
   * this bound no client may send more, but for what it was allowed before; below it each gets an
   * equal share of the room there is, up to `clientTasksMax`.
   */
  readonly tasksMax?: number
  /** The same for the bytes of their inputs. From 1; 1,073,741,824 (1 GiB) unless told otherwise. */
  readonly bytesMax?: number
  /**
   * How many bytes may wait for one client to take them. Beyond that none of its queued tasks is
   * started, and it may send no more, until it has taken half; an operator that asks for more then loses
   * its session. From 2,097,152 (2 MiB); 67,108,864 (64
   * MiB) unless told otherwise.
   */
  readonly backlogBytesMax?: number
  /**
   * Who is let in, and as what: asked at every hello. `Admission.allowAll` unless told otherwise, so that
   * whoever reaches the transport can be an operator, too.
   */
  readonly admission?: Admission.Admission
  /**
   * How many ends of detached tasks are kept for whoever attaches to them. From 1; 10,000 unless told
   * otherwise. The oldest is forgotten first.
   */
  readonly keptEndsMax?: number
  /** How many bytes they may take together. From 1; 268,435,456 (256 MiB) unless told otherwise. */
  readonly keptBytesMax?: number
  /** How long each is kept, in milliseconds. 3,600,000, an hour, unless told otherwise; `Infinity`: for ever. */
  readonly keptMs?: number
  /** What is taken from clients and workers. A peer that sends more has lost its session, and nobody else. */
  readonly limits?: Partial<Limits>
  /**
   * How long a client or a worker may be without a connection before it is lost, in milliseconds. Until
   * then its tasks and attempts stay what they are. With 0 it is lost with its connection, with `Infinity` never. 10,000
   * unless told otherwise.
   */
  readonly resumeMs?: number
  /**
   * How long workers may take to come back to this scheduler after its start, in milliseconds. Until
   * then it starts nothing that was sent to a scheduler before it, because one of them may run it. As
   * long as `resumeMs`, and 10,000 at most, unless told otherwise.
   */
  readonly recoverMs?: number
  /**
   * How long a client or a worker may say nothing before its connection counts as gone, in
   * milliseconds. 15,000 unless told otherwise; `Infinity`: for ever.
   */
  readonly silenceMs?: number
}

export interface Settings {
  readonly tombstonesMax: number
  readonly resumeMs: number
  readonly silenceMs: number
  readonly recoverMs: number
  readonly limits: Limits
  readonly bounds: CreditBounds
  readonly keptMax: KeptMax
  readonly backlogBytesMax: number
  readonly admission: Admission.Admission
  /** Where spans of tasks go. */
  readonly tracing?: Tracing.Tracing | undefined
}

const mebi = 1_048_576

/** What a client has taken and not yet said so comes to less than half of it, so nobody stays behind for that. */
const backlogBytesMin = 2 * mebi

/** The options with what is not given as it is by default. Throws a `RangeError` for numbers nobody can mean. */
export const settingsOf = (options: SchedulerOptions): Settings => {
  const { tombstonesMax = 10_000, resumeMs = resumeMsDefault } = options
  const { silenceMs = Liveness.silenceMsDefault, backlogBytesMax = 64 * mebi } = options
  const { recoverMs = Math.min(resumeMs, resumeMsDefault) } = options
  Checked.wholeFromOne("tombstonesMax", tombstonesMax)
  Checked.milliseconds("recoverMs", recoverMs)
  Checked.wholeFromOne("backlogBytesMax", backlogBytesMax)
  if (backlogBytesMax < backlogBytesMin) {
    throw new RangeError(`backlogBytesMax is ${backlogBytesMax}; give at least ${backlogBytesMin}`)
  }
  return {
    tombstonesMax,
    ...checkedTimes({ resumeMs, silenceMs }),
    recoverMs,
    limits: makeLimits(options.limits),
    bounds: boundsOf(options),
    keptMax: keptMaxOf(options),
    backlogBytesMax,
    admission: options.admission ?? Admission.allowAll,
  }
}

const boundsOf = (options: SchedulerOptions): CreditBounds => {
  const { clientTasksMax = 100_000, clientBytesMax = 256 * mebi } = options
  const { tasksMax = 1_000_000, bytesMax = 1_024 * mebi } = options
  for (const [name, value] of Object.entries({
    clientTasksMax,
    clientBytesMax,
    tasksMax,
    bytesMax,
  })) {
    Checked.wholeFromOne(name, value)
  }
  return {
    client: { tasks: clientTasksMax, bytes: clientBytesMax },
    all: { tasks: tasksMax, bytes: bytesMax },
  }
}

const keptMsDefault = 3_600_000

const keptMaxOf = (options: SchedulerOptions): KeptMax => {
  const { keptEndsMax = 10_000, keptBytesMax = 256 * mebi, keptMs = keptMsDefault } = options
  return {
    ends: Checked.wholeFromOne("keptEndsMax", keptEndsMax),
    bytes: Checked.wholeFromOne("keptBytesMax", keptBytesMax),
    ms: Checked.milliseconds("keptMs", keptMs),
  }
}
