/**
 * Runs one task per item and gives every item its end, whether the run goes through or is stopped.
 *
 * - **B1** When `runBatch` completes every item has an end: nothing submitted is left behind unasked.
 * - **B2** Once a stop was asked for nothing more is submitted, and what had been is cancelled.
 */
import type { AnyTask, TaskDefinition } from "@scaler-ts/protocol/tasks"
import { Client, Future } from "@scaler-ts/future"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import {
  type AnyReceipt,
  type End,
  type EndedItem,
  endBy,
  endOf,
  isEnded,
  type Item,
  notSubmitted,
  toldOf,
} from "./Item.ts"

export interface Batch {
  readonly task: AnyTask | TaskDefinition<unknown, unknown>
  /** What the task is called with. What this throws is the item's end. */
  readonly inputOf: (item: Item) => string
  /** Filled in as they end. */
  readonly items: ReadonlyArray<Item>
  /** Completed by whoever wants the run to stop. */
  readonly stop: Deferred.Deferred<void>
  readonly onEnd: (item: EndedItem) => void
}

/** Items that were submitted and have not ended. */
export const openItems = (items: ReadonlyArray<Item>): ReadonlyArray<OpenItem> =>
  items.filter((item): item is OpenItem => item.future !== undefined && item.end === undefined)

type OpenItem = Item & { readonly future: Future.Future<unknown> }

/** Completes when every item has its end (B1). Never fails: what goes wrong is an item's end. */
export const runBatch: (batch: Batch) => Effect.Effect<void, never, Client> = Effect.fnUntraced(
  function* ({ inputOf, items, onEnd, stop, task }: Batch) {
    const client = yield* Client
    const allEnded = Deferred.makeUnsafe<void>()
    let left = items.length
    const settle: Settle = (item, end, receipt) => {
      if (item.end !== undefined) return // I1
      item.end = end
      if (receipt !== undefined) item.receipt = receipt // I2
      item.ms = performance.now() - (item.submittedMs ?? performance.now())
      left -= 1
      if (isEnded(item)) onEnd(item)
      if (left === 0) Deferred.doneUnsafe(allEnded, Exit.void)
    }

    let isStopping = false
    const submit = (item: Item): Effect.Effect<void> =>
      isStopping
        ? Effect.sync(() => settle(item, { state: "cancelled" }, notSubmitted)) // B2
        : submitItem({ client, task, inputOf, settle }, item)
    const submitting = yield* Effect.forkChild(Effect.forEach(items, submit, { discard: true }))

    yield* Effect.raceFirst(Deferred.await(allEnded), Deferred.await(stop))
    isStopping = true
    const cancelOpen = Effect.suspend(() =>
      Effect.forEach(openItems(items), (item) => cancelItem(item, settle), {
        concurrency: "unbounded",
        discard: true,
      }),
    )
    yield* cancelOpen
    // A submission that was under way when the stop came has slipped past the first round.
    yield* Fiber.join(submitting)
    yield* cancelOpen
  },
)

type Settle = (item: Item, end: End, receipt?: AnyReceipt) => void

interface Submission {
  readonly client: Client
  readonly task: Batch["task"]
  readonly inputOf: Batch["inputOf"]
  readonly settle: Settle
}

const submitItem = (
  { client, inputOf, settle, task }: Submission,
  item: Item,
): Effect.Effect<void> =>
  Effect.try({ try: () => inputOf(item), catch: (error) => error }).pipe(
    Effect.flatMap((input) => {
      item.submittedMs = performance.now()
      // Whether the task takes a string is for the person at the keyboard to know.
      return client.submit(task as TaskDefinition<string, unknown>, input)
    }),
    Effect.matchEffect({
      onFailure: (error) => Effect.sync(() => settle(item, { state: "failed", error })),
      onSuccess: (future) => {
        item.future = future
        return Future.onDone(future, (outcome) => {
          // Once it is being cancelled the receipt is worth waiting for: it comes with the end.
          if (!item.isCancelling) settle(item, endOf(outcome))
        })
      },
    }),
  )

const cancelItem = (item: OpenItem, settle: Settle): Effect.Effect<void> =>
  Effect.gen(function* () {
    item.isCancelling = true
    const receipt = yield* Future.cancel(item.future)
    const end = endBy(receipt) ?? endOf(yield* Future.outcome(item.future))
    settle(item, end, toldOf(receipt))
  })
