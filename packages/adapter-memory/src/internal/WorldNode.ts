/** One node of a world: its turns, its clock, its randomness, and what may happen at it. */
import type { Transport } from "@scaler-ts/protocol"
import { BackgroundSleep, RandomBytes } from "@scaler-ts/runtime"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import * as Random from "effect/Random"
import * as Scheduler from "effect/Scheduler"
import { NeverRests } from "./NeverRests.ts"
import { seeded, seededBytes } from "./seeded.ts"

/** So many times faster than others a clock runs that is skewed. */
const skewRate = 10

/** Something that may happen next. */
export interface Happening {
  readonly id: string
  readonly node: WorldNode
  /**
   * `fault`: something goes wrong. `mend`: it is over again, because nothing else could happen. `rest`:
   * nothing else could, and no more goes wrong.
   */
  readonly kind: "deliver" | "timer" | "early" | "offer" | "fault" | "mend" | "rest"
  /** The bytes that would be delivered, dropped or doubled; `undefined` for news that a peer is gone, and for all else. */
  readonly frame: Uint8Array | undefined
  /** Whether it still can. */
  readonly stands: () => boolean
  readonly happen: () => void
  /** The steps without which it could not happen. */
  readonly causes: () => ReadonlyArray<number>
}

interface Timer {
  readonly atMs: number
  readonly isBackground: boolean
  readonly fire: Happening
  readonly fireEarly: Happening
}

/** What a node tells the world it is part of. */
export interface Surroundings {
  /** The number of the step under way, or -1. */
  readonly step: number
  /** Runs something as part of what this node does. */
  readonly actAt: <A>(node: WorldNode, run: () => A) => A
  /** A fiber wants a turn. */
  readonly woken: (node: WorldNode) => void
  /** Something is done at a node, or wanted of the world. */
  readonly noticed: (node: WorldNode) => void
  /** A timer goes off at this time of the node's own clock: once nothing else can happen, or before. */
  readonly elapse: (node: WorldNode, atMs: number, how: "due" | "early" | "background") => void
}

const how = { timer: "due", early: "early" } as const

export class WorldNode {
  readonly name: string
  /** Its place in sets of nodes. */
  readonly bit: number
  /** Effect's scheduler, clock and random numbers as they are on this node, in its present life. */
  context: Context.Context<never>
  transport: Transport
  readonly offers: Map<string, Happening> = new Map()
  nowMs = 0
  alive = true
  /** Which life it leads, from 1: one that starts again after a crash remembers nothing of those before. */
  life = 1
  /** Whether nothing happens at it for now: it neither hears nor does anything, and its clock goes on. */
  frozen = false
  /** The moment since which its clock runs too fast, if it does. */
  private skewedAtMs = Infinity
  private readonly seed: string
  private ready: Array<() => void> = []
  private timers: Array<Timer> = []
  private timersMade = 0
  private lastNumber = 0
  private readonly around: Surroundings

  constructor(name: string, bit: number, seed: string, transport: Transport, around: Surroundings) {
    this.name = name
    this.bit = bit
    this.transport = transport
    this.around = around
    this.seed = seed
    this.context = this.contextOf(`${seed}/${name}`)
  }

  /** Starts an effect in the services of this node. Throws an `Error` when the node has crashed. */
  run<A, E>(effect: Effect.Effect<A, E>): Fiber.Fiber<A, E> {
    if (!this.alive) throw new Error(`"${this.name}" has crashed; nothing runs on it any more`)
    return this.around.actAt(this, () => Effect.runForkWith(this.context)(effect))
  }

  /** Runs a function on the node's next turn. */
  later(run: () => void): void {
    if (!this.alive) return
    this.ready.push(run)
    this.around.woken(this)
  }

  /** Takes every turn there is to take, at most so many, and says how many there were. */
  drain(turnsMax: number): number {
    let turns = 0
    while (this.ready.length > 0) {
      const round = this.ready
      this.ready = []
      turns += round.length
      if (turns > turnsMax) throw new NeverRests(this.name, turnsMax)
      for (const run of round) if (this.alive) run()
    }
    return turns
  }

  /**
   * Offers something that may happen at this node from now on, at a time that is the explorer's to
   * choose. It happens once; the returned function withdraws it, if it still stands. Throws an
   * `Error` when an offer of this id stands already.
   */
  offer(id: string, happen: () => void): () => void {
    if (!this.alive) return () => {}
    this.around.noticed(this)
    if (this.offers.has(id))
      throw new Error(`"${id}" is offered already; give each offer its own id`)
    const causes = [this.around.step]
    const stands = (): boolean => this.offers.get(id) === offer
    const withdraw = (): void => {
      if (stands()) this.withdraw(id)
    }
    const offer: Happening = {
      id,
      node: this,
      kind: "offer",
      frame: undefined,
      stands,
      happen: () => {
        withdraw()
        happen()
      },
      causes: () => causes,
    }
    this.offers.set(id, offer)
    return withdraw
  }

  /** Withdraws an offer, if it still stands. */
  withdraw(id: string): void {
    if (this.offers.delete(id)) this.around.noticed(this)
  }

  /** A number no call to this has given before, from 1, for naming what comes and goes at this node. */
  nextNumber(): number {
    return ++this.lastNumber
  }

  /** The timer that goes off first; of those that only look whether somebody is there, only if asked. */
  firstTimer(withBackground: boolean = false): Timer | undefined {
    return this.timers.find(({ isBackground }) => withBackground || !isBackground)
  }

  get timerCount(): number {
    return this.timers.length
  }

  /** Starts again, with an empty memory: what ran in the life before does not run on. */
  revive(transport: Transport): void {
    this.alive = true
    this.life++
    this.transport = transport
    this.context = this.contextOf(`${this.seed}/${this.name}/${this.life}`)
  }

  get skewed(): boolean {
    return this.skewedAtMs < Infinity
  }

  /** Lets its clock run ten times as fast from now on. */
  skew(): void {
    this.skewedAtMs = this.nowMs
  }

  /** The time of a clock that is right when this one shows so much. */
  trueMs(ownMs: number): number {
    const ahead = ownMs - this.skewedAtMs
    return ahead > 0 ? this.skewedAtMs + ahead / skewRate : ownMs
  }

  /** What this clock shows at a time. */
  ownMs(trueMs: number): number {
    const ahead = trueMs - this.skewedAtMs
    return ahead > 0 ? this.skewedAtMs + ahead * skewRate : trueMs
  }

  /** Loses its memory: nothing of it happens any more. */
  die(): void {
    this.alive = false
    this.frozen = false
    this.ready = []
    this.timers = []
    this.offers.clear()
  }

  private contextOf(seed: string): Context.Context<never> {
    return Context.make(Scheduler.Scheduler, this.scheduler()).pipe(
      Context.add(Clock.Clock, this.clock()),
      Context.add(Random.Random, seeded(seed)),
      Context.add(RandomBytes, seededBytes(seed)),
      Context.add(BackgroundSleep, (delayMs, wake) => this.addTimer(delayMs, wake, true)),
    )
  }

  private scheduler(): Scheduler.Scheduler {
    const { life } = this
    const isOver = (): boolean => !this.alive || this.life !== life
    return {
      executionMode: "async",
      // Asked before everything a fiber does, so nothing it does goes unnoticed, whoever resumed it.
      shouldYield: (fiber) => {
        this.around.noticed(this)
        // As in production, so that a fiber that never suspends cannot keep the others from running.
        // One whose node has crashed suspends for good, also when the node starts again; one whose node
        // stands still, whoever resumed it, until it goes on.
        return isOver() || this.frozen || fiber.currentOpCount >= fiber.cache.maxOpsBeforeYield
      },
      makeDispatcher: () => ({
        scheduleTask: (task) => {
          if (!isOver()) this.later(task)
        },
        flush: () => {},
      }),
    }
  }

  private clock(): Clock.Clock {
    const millis = (): number => Math.floor(this.nowMs)
    const nanos = (): bigint => BigInt(Math.round(this.nowMs * 1e6))
    return {
      currentTimeMillisUnsafe: millis,
      currentTimeNanosUnsafe: nanos,
      monotonicTimeNanosUnsafe: nanos,
      currentTimeMillis: Effect.sync(millis),
      currentTimeNanos: Effect.sync(nanos),
      monotonicTimeNanos: Effect.sync(nanos),
      sleep: (duration) => {
        const delayMs = Duration.toMillis(duration)
        return delayMs <= 0
          ? Effect.yieldNow
          : Effect.callback<void>((resume) => {
              const stop = this.addTimer(delayMs, () => resume(Effect.void))
              return Effect.sync(stop)
            })
      },
    }
  }

  private addTimer(delayMs: number, wake: () => void, isBackground = false): () => void {
    if (delayMs === Infinity || !this.alive) return () => {}
    this.around.noticed(this)
    const atMs = this.nowMs + delayMs
    const causes = [this.around.step]
    const number = ++this.timersMade
    const firing = (kind: "timer" | "early"): Happening => ({
      id: `${kind} ${this.name}#${number}`,
      node: this,
      kind,
      frame: undefined,
      stands: () => this.timers.includes(timer),
      happen: () => {
        stop()
        this.around.elapse(this, atMs, isBackground ? "background" : how[kind])
        wake()
      },
      causes: () => causes,
    })
    const timer: Timer = {
      atMs,
      isBackground,
      fire: firing("timer"),
      fireEarly: firing("early"),
    }
    const stop = (): void => {
      const place = this.timers.indexOf(timer)
      if (place >= 0) this.timers.splice(place, 1)
    }
    const after = this.timers.findLastIndex((other) => other.atMs <= atMs)
    this.timers.splice(after + 1, 0, timer)
    return stop
  }
}
