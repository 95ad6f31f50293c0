/** Who submits and cancels as it is told, in whichever process, and tells what becomes of that. */
import { type Client, type Future, type SubmitOptions, TaskLost } from "@scaler-ts/future/promise"
import { type Hold, tasks } from "./fixtures/stateTasks.ts"

export type Order =
  | {
      readonly act: "submit"
      readonly task: keyof typeof tasks
      readonly input: Hold
      readonly options: SubmitOptions
    }
  | { readonly act: "cancel"; readonly number: number }

/** What has become of one task. */
export interface Said {
  readonly number: number
  readonly id?: string
  /** `returned`, `cancelled`, or why it is lost. */
  readonly end?: string
  readonly receipt?: string
}

export class Asker {
  private readonly futures = new Map<number, Future<number>>()
  private readonly client: Client
  private readonly say: (said: Said) => void

  constructor(client: Client, say: (said: Said) => void) {
    this.client = client
    this.say = say
  }

  take(order: Order): void {
    if (order.act === "cancel") void this.cancel(order.number)
    else void this.submit(order)
  }

  private async submit({ task, input, options }: Order & { act: "submit" }): Promise<void> {
    const { number } = input
    const future = this.client.submit(tasks[task], input, options)
    this.futures.set(number, future)
    this.say({ number, id: future.id })
    const end = await future.then(
      (value) => (value === number ? "returned" : `returned ${value}`),
      (error: unknown) => (error instanceof TaskLost ? error.reason : nameOf(error)),
    )
    this.say({ number, end })
  }

  private async cancel(number: number): Promise<void> {
    const receipt = await this.futures.get(number)?.cancel()
    if (receipt !== undefined) this.say({ number, receipt: receipt._tag })
  }
}

const nameOf = (error: unknown): string =>
  error instanceof Error && "_tag" in error ? String(error._tag) : String(error)
