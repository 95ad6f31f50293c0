/** One task over many inputs, pulled as there is room for them. */
import type { TaskDefinition } from "@scaler-ts/protocol/tasks"
import { Checked } from "@scaler-ts/runtime"
import { InputRefused } from "../FutureError.ts"
import { concurrencyDefault, type ClientShell } from "../internal/ClientShell.ts"
import type { Hooks } from "../internal/FutureEntry.ts"
import {
  attemptsOf,
  capabilitiesOf,
  graceOf,
  hooksOf,
  nameOf,
  priorityOf,
  timeoutOf,
} from "../internal/Submission.ts"
import type { ItemOutcome } from "../Outcome.ts"
import type { MapOptions } from "./Client.ts"
import { type Ending, Feed, type Source } from "./Feed.ts"
import { PromiseFuture } from "./Future.ts"
import { signalOf } from "./signalOf.ts"

type Inputs<Input> = Iterable<Input> | AsyncIterable<Input>
type Puller<Input> = Iterator<Input> | AsyncIterator<Input>

/** What a map is over. */
interface Job<Input, A> {
  readonly task: TaskDefinition<Input, A>
  readonly inputs: Inputs<Input>
  readonly options: MapOptions
}

export const mapOver = <Input, A>(shell: ClientShell, job: Job<Input, A>): Feed<ItemOutcome<A>> => {
  Checked.wholeFromOne("concurrency", job.options.concurrency ?? concurrencyDefault)
  nameOf(job.task, shell.limits)
  timeoutOf(job.options)
  attemptsOf(job.options)
  graceOf(job.options)
  priorityOf(job.options)
  capabilitiesOf(job.options)
  signalOf(job.options)
  if (!isIterable(job.inputs)) {
    throw new TypeError("the inputs of a map are no iterable; pass an array, or an async iterable")
  }
  return new MapRun(shell, job).feed
}

const isIterable = (inputs: unknown): boolean =>
  inputs !== null &&
  inputs !== undefined &&
  (Symbol.iterator in Object(inputs) || isAsync(inputs as Inputs<unknown>))

// As `for await` decides it. A text is an iterable, too, and has no properties to look for.
const isAsync = <Input>(inputs: Inputs<Input>): inputs is AsyncIterable<Input> => {
  const { [Symbol.asyncIterator]: iterate }: Partial<AsyncIterable<Input>> = Object(inputs)
  return iterate !== undefined && iterate !== null
}

class MapRun<Input, A> implements Source {
  readonly feed: Feed<ItemOutcome<A>> = new Feed(this)
  private readonly underWay = new Set<PromiseFuture<A>>()
  /** Outcomes that wait for those of earlier items, by the item's place. */
  private readonly ended = new Map<number, ItemOutcome<A>>()
  private pulled = 0
  private handedOver = 0
  private puller: Puller<Input> | undefined
  private isPulling = false
  /** The newest item waits until the scheduler takes it. */
  private isWaiting = false
  /** The inputs are running: they may leave this very map, and cannot be left themselves till they return. */
  private isInInputs = false
  private isAdvancing = false
  /** Set once nothing more is to be pulled; with an error, the feed ends with it. */
  private drained: Ending | undefined
  private readonly concurrency: number
  private readonly shell: ClientShell
  private readonly job: Job<Input, A>
  private readonly hooks: Hooks | undefined

  constructor(shell: ClientShell, job: Job<Input, A>) {
    this.shell = shell
    this.job = job
    this.hooks = hooksOf(job.options)
    this.concurrency = job.options.concurrency ?? concurrencyDefault
  }

  start(): void {
    const { signal } = this.job.options
    if (signal?.aborted === true) return this.onAbort()
    try {
      signal?.addEventListener("abort", this.onAbort)
      const { inputs } = this.job
      this.puller = isAsync(inputs) ? inputs[Symbol.asyncIterator]() : inputs[Symbol.iterator]()
    } catch (error) {
      this.drained = { error }
    }
    this.advance()
  }

  onTaken(): void {
    this.advance()
  }

  async stop(): Promise<void> {
    const cancels = Array.from(this.underWay, (future) => future.cancel())
    // All are waited for, also when the inputs throw.
    const [left] = await Promise.allSettled([this.leaveInputs(), ...cancels])
    if (left.status === "rejected") throw left.reason
  }

  private readonly onAbort = (): void => {
    const error: unknown = this.job.options.signal?.reason
    // That the inputs throw as well, when they are left, is no news beside the abort.
    this.feed.endNow({ error }).catch(() => {})
  }

  /** Pulls no more, and tells the inputs. While one is awaited nobody waits for what they say to that. */
  private async leaveInputs(): Promise<void> {
    if (this.drained !== undefined) return
    this.drained = {}
    this.job.options.signal?.removeEventListener("abort", this.onAbort)
    // `pull` tells them as soon as they return.
    if (this.isInInputs) return
    const left = Promise.resolve(this.puller?.return?.())
    if (this.isPulling) left.catch(() => {})
    else await left
  }

  /** Hands over what is next in line, and pulls as many inputs as there is room for. */
  private advance(): void {
    if (this.isAdvancing) return
    this.isAdvancing = true
    do this.handOver()
    while (this.pull())
    this.isAdvancing = false
    if (this.drained === undefined || this.handedOver < this.pulled) return
    this.feed.end(this.drained)
    this.job.options.signal?.removeEventListener("abort", this.onAbort)
  }

  private handOver(): void {
    for (;;) {
      const outcome = this.ended.get(this.handedOver)
      if (outcome === undefined) return
      this.ended.delete(this.handedOver++)
      this.feed.offer(outcome)
    }
  }

  /** So many under way, and as many more that have ended and wait to be taken. */
  private get hasRoom(): boolean {
    const held = this.pulled - this.handedOver + this.feed.size
    return this.underWay.size < this.concurrency && held < 2 * this.concurrency
  }

  /** Pulls one input; whether another may be pulled now. */
  private pull(): boolean {
    const { puller } = this
    if (puller === undefined || this.isPulling || this.isWaiting || this.drained !== undefined)
      return false
    if (!this.hasRoom) return false
    try {
      const next = this.askInputs(puller)
      // An async iterator may answer by any thenable; a sync one answers by the item.
      if (!("then" in next)) return this.drained === undefined && this.take(next)
      this.isPulling = true
      void this.takeLater(next)
    } catch (error) {
      this.drained ??= { error }
    }
    return false
  }

  /** Asks for the next input. Where the inputs left the map meanwhile, they are told once they have answered. */
  private askInputs(puller: Puller<Input>): ReturnType<Puller<Input>["next"]> {
    this.isInInputs = true
    let next: ReturnType<Puller<Input>["next"]>
    try {
      next = puller.next()
    } finally {
      this.isInInputs = false
    }
    // Somebody who has left is not told what they say to that.
    if (this.drained !== undefined)
      new Promise((resolve) => resolve(puller.return?.())).catch(() => {})
    return next
  }

  private async takeLater(next: PromiseLike<IteratorResult<Input>>): Promise<void> {
    try {
      const result = await next
      this.isPulling = false
      if (this.drained === undefined) this.take(result)
    } catch (error) {
      this.isPulling = false
      this.drained ??= { error }
    }
    this.advance()
  }

  /** Pulls no more before an item has been sent, or never will be. */
  private waitFor({ number }: PromiseFuture<A>): void {
    const { line } = this.shell
    if (!line.isWaiting(number)) return
    this.isWaiting = true
    line.whenSent(number, () => {
      this.isWaiting = false
      this.advance()
    })
  }

  /** Submits a pulled input; whether another may be pulled now. */
  private take(result: IteratorResult<Input>): boolean {
    if (result.done === true) {
      this.drained = {}
      return false
    }
    const { task, options } = this.job
    const made = this.shell.submitNow(task, result.value, options, this.hooks, PromiseFuture<A>)
    if (made instanceof PromiseFuture) {
      const place = this.pulled++
      this.underWay.add(made)
      this.waitFor(made)
      made.table.listen(made, (outcome) => {
        this.underWay.delete(made)
        // The future of this very item.
        this.ended.set(place, outcome as ItemOutcome<A>)
        this.advance()
      })
      return true
    }
    if (made instanceof InputRefused) {
      this.ended.set(this.pulled++, { _tag: "NotSubmitted", error: made })
      return true
    }
    // Nobody takes this item or any other.
    this.leaveInputs().catch(() => {})
    this.drained = { error: made }
    return false
  }
}
