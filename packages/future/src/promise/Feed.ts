/** An async iterator whose items come from elsewhere. */
import * as MutableList from "effect/MutableList"

/** Who fills a feed. */
export interface Source {
  /** Somebody asks for the first item. Called once. */
  readonly start: () => void
  /** An item has been taken. */
  readonly onTaken: () => void
  /** Nobody will take any more: gives up what is under way, and resolves when that is over. */
  readonly stop: () => Promise<void>
}

interface Taker<T> {
  readonly resolve: (result: IteratorResult<T, undefined>) => void
  readonly reject: (error: unknown) => void
}

/** How a feed ends: like any iterator, or with an error for whoever asks next. */
export interface Ending {
  readonly error?: unknown
}

const done = { done: true, value: undefined } as const

/**
 * Hands out items in the order they were offered, one to each who asks.
 *
 * Not an async generator: whoever leaves one while it waits for its next item waits for that too.
 */
export class Feed<T> implements AsyncIterableIterator<T, undefined>, AsyncDisposable {
  private readonly items = MutableList.make<T>()
  private readonly takers = MutableList.make<Taker<T>>()
  private started = false
  private ending: Ending | undefined
  /** What is under way is being given up, and whoever asks waits for that. */
  private stopping = false
  private readonly source: Source

  constructor(source: Source) {
    this.source = source
  }

  /** How many items wait to be taken. */
  get size(): number {
    return this.items.length
  }

  offer(item: T): void {
    if (this.ending !== undefined) return
    MutableList.append(this.items, item)
    this.serve()
  }

  /** Ends after the items that wait. */
  end(ending: Ending): void {
    this.ending ??= ending
    this.serve()
  }

  /** Ends now: the items that wait are dropped, and what is under way is given up first. */
  async endNow(ending: Ending): Promise<void> {
    this.ending = ending
    MutableList.clear(this.items)
    if (!this.started) return
    this.stopping = true
    try {
      await this.source.stop()
    } finally {
      this.stopping = false
      this.serve()
    }
  }

  next(): Promise<IteratorResult<T, undefined>> {
    return new Promise((resolve, reject) => {
      MutableList.append(this.takers, { resolve, reject })
      if (!this.started && this.ending === undefined) {
        this.started = true
        this.source.start()
      }
      this.serve()
    })
  }

  async return(): Promise<IteratorResult<T, undefined>> {
    await this.endNow({})
    return done
  }

  async throw(error: unknown): Promise<IteratorResult<T, undefined>> {
    await this.endNow({})
    throw error
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.endNow({})
  }

  private serve(): void {
    while (this.takers.length > 0 && !this.stopping) {
      const item = MutableList.take(this.items)
      if (item === MutableList.Empty && this.ending === undefined) return
      const taker = MutableList.take(this.takers)
      if (taker === MutableList.Empty) return
      if (item !== MutableList.Empty) {
        taker.resolve({ done: false, value: item })
        this.source.onTaken()
      } else if (this.ending !== undefined && "error" in this.ending) {
        taker.reject(this.ending.error)
        this.ending = {}
      } else taker.resolve(done)
    }
  }
}
