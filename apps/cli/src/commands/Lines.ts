/**
 * A task over lines: so many under way at a time, their ends in the order in which they came.
 *
 * - **L1** Every line that was submitted gets exactly one end, also when it is stopped.
 * - **L2** Once a stop was asked for nothing more is submitted, and what is under way is cancelled.
 */
import { InputRefused } from "@scaler-ts/future"
import type { Client, Future } from "@scaler-ts/future/promise"
import type { TaskDefinition } from "@scaler-ts/protocol/tasks"
import { type AnyReceipt, type End, endBy, endOf, toldOf } from "../Item.ts"

export interface LinesOptions {
  readonly client: Client
  readonly task: TaskDefinition<unknown, unknown>
  readonly inputs: AsyncIterable<unknown>
  readonly concurrency: number
}

export interface EndedLine {
  /** From 1 up. */
  readonly line: number
  readonly end: End
  /** Of a line that was cancelled. */
  readonly receipt?: AnyReceipt
}

export interface OpenLine {
  readonly line: number
  readonly id: string
}

interface UnderWay {
  readonly future: Future<unknown>
  readonly settle: (end: End, receipt?: AnyReceipt) => void
}

export class Lines {
  private readonly options: LinesOptions
  private readonly underWay = new Map<number, UnderWay>()
  /** In their order, those whose ends have not been taken. */
  private readonly queue: Array<Promise<EndedLine>> = []
  private count = 0
  private isStopped = false
  private isDrained = false
  private changed = Promise.withResolvers<void>()

  constructor(options: LinesOptions) {
    this.options = options
  }

  /** Those that have been submitted, and of which nobody knows yet how they end. */
  get open(): ReadonlyArray<OpenLine> {
    return Array.from(this.underWay, ([line, { future }]) => ({ line, id: future.id }))
  }

  /** How many there are, once the last has come. */
  get total(): number | undefined {
    return this.isDrained ? this.count : undefined
  }

  /** Submits lines as there is room for them. What the inputs throw is thrown after the ends of those before. */
  async *ends(): AsyncGenerator<EndedLine, void, undefined> {
    const submitting = this.submitAll()
    submitting.catch(() => {}) // It is awaited below, once its turn has come.
    for (;;) {
      const next = this.queue[0]
      if (next !== undefined) {
        yield await next
        void this.queue.shift()
        this.wake()
      } else if (this.isDrained) break
      else await this.changed.promise
    }
    await submitting
  }

  /** Cancels what is under way (L2); its ends come with their receipts. */
  stop(): void {
    this.isStopped = true
    this.wake()
    for (const line of this.underWay.values()) void cancel(line)
  }

  private wake(): void {
    this.changed.resolve()
    this.changed = Promise.withResolvers()
  }

  private get hasRoom(): boolean {
    const { concurrency } = this.options
    return this.underWay.size < concurrency && this.queue.length < 2 * concurrency
  }

  private async submitAll(): Promise<void> {
    try {
      for await (const input of this.options.inputs) {
        while (!this.hasRoom && !this.isStopped) await this.changed.promise
        if (this.isStopped) return
        await this.submit(input)
      }
    } finally {
      this.isDrained = true
      this.wake()
    }
  }

  /** Waits until the scheduler has room for more. */
  private async submit(input: unknown): Promise<void> {
    const line = ++this.count
    const { client, task } = this.options
    const { promise, resolve } = Promise.withResolvers<EndedLine>()
    this.queue.push(promise)
    const settle = (end: End, receipt?: AnyReceipt): void => {
      this.underWay.delete(line) // L1
      resolve({ line, end, ...(receipt === undefined ? {} : { receipt }) })
      this.wake()
    }
    try {
      const future = client.submit(task, input)
      this.underWay.set(line, { future, settle })
      this.wake()
      // Once it is being cancelled the receipt is worth waiting for: it comes with the end.
      future.onDone((outcome) => this.isStopped || settle(endOf(outcome)))
      await future.accepted()
    } catch (error) {
      settle({ state: "failed", error })
      if (!(error instanceof InputRefused)) throw error
    }
  }
}

const cancel = async ({ future, settle }: UnderWay): Promise<void> => {
  const receipt = await future.cancel()
  settle(endBy(receipt) ?? endOf(await future.outcome()), toldOf(receipt))
}
