/**
 * How much of what a task says may be on its way to the main side: the memory both sides share.
 *
 * Messages cost the main side more than they cost the thread, so a task that never stops talking
 * would bury it, and with it the turn that is to cancel that task (G10). Lines are never dropped:
 * a thread that is too far ahead is held until the main side has caught up. Of progress only the
 * newest counts: it lies in memory, and one message at a time says that there is some.
 */
export class ThreadFlow {
  readonly memory: SharedArrayBuffer
  /** What the lines on their way cost together. */
  private readonly words: Int32Array
  /**
   * Progress that waits to be taken, for as many attempts as `ThreadClaims` tells apart. Fractions
   * as bits, because only whole numbers can be exchanged atomically.
   */
  private readonly waiting: BigInt64Array

  constructor(memory: SharedArrayBuffer) {
    this.memory = memory
    this.words = new Int32Array(memory, 0, 1)
    this.waiting = new BigInt64Array(memory, headBytes)
  }

  static forAttempts(size: number): ThreadFlow {
    return new ThreadFlow(new SharedArrayBuffer(headBytes + size * BigInt64Array.BYTES_PER_ELEMENT))
  }

  /** Forgets what an earlier attempt left in this one's place. Called before the thread is told of it. */
  open(seq: number): void {
    Atomics.store(this.waiting, this.placeOf(seq), none)
  }

  /** Called by the thread. `true`: no message is on its way that the main side would take it with. */
  offer(seq: number, fraction: number): boolean {
    return Atomics.exchange(this.waiting, this.placeOf(seq), bitsOf(fraction)) === none
  }

  /** Called by the main side, for the message: the newest progress of an attempt. */
  take(seq: number): number {
    return fractionOf(Atomics.exchange(this.waiting, this.placeOf(seq), none))
  }

  /**
   * Called by the thread, after it has posted a line. Returns once it may go on, and at once if nothing
   * follows that it could hold back. Ending the thread ends the wait.
   */
  posted(line: string, isLast = false): void {
    const own = costOf(line)
    if (Atomics.add(this.words, 0, own) + own < costMax || isLast) return
    for (let cost = this.cost(); cost > costToGoOn; cost = this.cost()) {
      Atomics.wait(this.words, 0, cost)
    }
  }

  /** Called by the main side, for every line it has taken; it never waits. */
  taken(line: string): void {
    const before = Atomics.sub(this.words, 0, costOf(line))
    // Not for every line: each wakes a thread that would fill up again after one.
    if (before > costToGoOn && before - costOf(line) <= costToGoOn) Atomics.notify(this.words, 0)
  }

  private cost(): number {
    return Atomics.load(this.words, 0)
  }

  private placeOf(seq: number): number {
    return seq & (this.waiting.length - 1)
  }
}

/** From this on a thread or process is held: 256 short lines, or fewer long ones. */
export const costMax: number = 256
/** Down to this it is held, so that it wakes for many lines at once. */
export const costToGoOn: number = costMax / 2

/** A line costs one, and one more for every 256 characters, which are what fills memory. */
export const costOf = (line: string): number => 1 + (line.length >>> 8)

// The values behind it have to lie at a multiple of their own length.
const headBytes = 8

/** No fraction has these bits: they are not a number. */
const none = -1n

const fractions = new Float64Array(1)
const bits = new BigInt64Array(fractions.buffer)

const bitsOf = (fraction: number): bigint => {
  fractions[0] = fraction
  return bits[0] ?? none
}

const fractionOf = (taken: bigint): number => {
  bits[0] = taken
  return fractions[0] ?? 0
}
