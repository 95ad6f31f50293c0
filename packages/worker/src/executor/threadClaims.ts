/**
 * Whether an attempt that was posted to a thread has started: the one truth both sides share.
 *
 * One word of shared memory per posted attempt, changed by compare-and-exchange only, so that of a
 * thread that claims an attempt and a main side that withdraws it exactly one succeeds. A word holds
 * the attempt's sequence number beside its state: when the ring comes round, a thread that still has
 * the old attempt in its queue cannot claim the new one by it.
 */
export class ThreadClaims {
  readonly memory: SharedArrayBuffer
  /** Attempts that can be told apart at a time. */
  readonly size: number
  private readonly words: Int32Array

  constructor(memory: SharedArrayBuffer) {
    this.memory = memory
    this.words = new Int32Array(memory)
    this.size = this.words.length
  }

  /** Room for at least `count` attempts. */
  static forAtLeast(count: number): ThreadClaims {
    const size = 2 ** Math.ceil(Math.log2(count))
    return new ThreadClaims(new SharedArrayBuffer(size * Int32Array.BYTES_PER_ELEMENT))
  }

  /** Makes the attempt claimable. Called before the thread is told of it. */
  open(seq: number): void {
    Atomics.store(this.words, seq & (this.size - 1), word(seq, state.open))
  }

  /** Called by the thread before it does anything for an attempt. `false`: it was withdrawn. */
  claim(seq: number): boolean {
    return this.change(seq, state.claimed)
  }

  /** Called by the main side. `true`: the thread has done nothing for it, and never will. */
  withdraw(seq: number): boolean {
    return this.change(seq, state.withdrawn)
  }

  isClaimed(seq: number): boolean {
    return Atomics.load(this.words, seq & (this.size - 1)) === word(seq, state.claimed)
  }

  private change(seq: number, to: number): boolean {
    const open = word(seq, state.open)
    return Atomics.compareExchange(this.words, seq & (this.size - 1), open, word(seq, to)) === open
  }
}

const state = { open: 1, claimed: 2, withdrawn: 3 } as const

// Wraps after 2^30 attempts, long after any older attempt has left the thread's queue.
const word = (seq: number, to: number): number => (seq * 4 + to) | 0
