/**
 * The turns of all loops on one Effect scheduler.
 *
 * A message on its way through client, scheduler and worker of one process takes some eight turns.
 * Run each by the event loop of its own, and a round trip costs eight of those; so turns that
 * follow from one another are taken in rounds, one after the other, before the event loop goes on.
 * Rounds are bounded by number and by time, so that sockets, timers and fibers get their share.
 */
import type * as Scheduler from "effect/Scheduler"

type Run = () => void

/** Round trips take some eight rounds; more than a few of them at once only delay the event loop. */
const roundsMax = 64

/** How long rounds go on before the event loop has its turn, in milliseconds. */
const roundsMs = 1

export class Turns {
  private queue: Array<Run> = []
  private isScheduled = false
  private readonly dispatcher: Scheduler.SchedulerDispatcher
  private nowMs: () => number = () => 0

  constructor(scheduler: Scheduler.Scheduler) {
    this.dispatcher = scheduler.makeDispatcher()
  }

  /** Runs a function on a later turn, after everything deferred before it. */
  defer(run: Run, nowMs: () => number): void {
    this.nowMs = nowMs
    this.queue.push(run)
    this.schedule()
  }

  /** Runs a function when the event loop next comes round, after the rounds under way. */
  readonly afterRounds = (run: Run): void => this.dispatcher.scheduleTask(run, 0)

  private schedule(): void {
    if (this.isScheduled || this.queue.length === 0) return
    this.isScheduled = true
    this.dispatcher.scheduleTask(this.takeRounds, 0)
  }

  private readonly takeRounds = (): void => {
    const until = this.nowMs() + roundsMs
    try {
      for (let round = 0; round < roundsMax && this.queue.length > 0; round++) {
        this.takeRound()
        if (this.nowMs() > until) break
      }
    } finally {
      this.isScheduled = false
      this.schedule()
    }
  }

  private takeRound(): void {
    const round = this.queue
    this.queue = []
    let next = 0
    try {
      while (next < round.length) round[next++]?.()
    } finally {
      // One that throws takes no other with it: the rest have their turn before anything newer.
      if (next < round.length) this.queue = [...round.slice(next), ...this.queue]
    }
  }
}

/**
 * Where a scheduler's turns are kept: on itself. What the values of a `WeakMap` reach outlives every
 * young collection, and a race makes schedulers by the thousand, each with a whole cluster behind it.
 */
const turnsKey = Symbol("@scaler-ts/runtime/Turns")

/** The turns of a scheduler, the same for everybody who stands on it. */
export const turnsOf = (scheduler: Scheduler.Scheduler): Turns => {
  const holder: Scheduler.Scheduler & { [turnsKey]?: Turns } = scheduler
  return (holder[turnsKey] ??= new Turns(scheduler))
}
