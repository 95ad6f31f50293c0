/** Sets of step numbers: what came before a step is asked for at every step, of every execution. */

const wordBits = 32

export class StepSet {
  private readonly words: Uint32Array

  /** An empty set, for numbers below `size`. */
  constructor(size: number) {
    this.words = new Uint32Array(Math.ceil(size / wordBits))
  }

  has(step: number): boolean {
    return (((this.words[step >>> 5] ?? 0) >>> (step & 31)) & 1) === 1
  }

  add(step: number): void {
    const word = step >>> 5
    this.words[word] = (this.words[word] ?? 0) | (1 << (step & 31))
  }

  addAll(other: StepSet): void {
    const { words } = other
    for (let word = 0; word < words.length; word++) {
      const bits = words[word] ?? 0
      if (bits !== 0) this.words[word] = (this.words[word] ?? 0) | bits
    }
  }
}
