// Compiled by `npm test` and never run but for the last: what an editor shows and refuses.
import type { Future as EffectFuture } from "@scaler-ts/future"
import {
  asCompleted,
  type Client,
  connect,
  type Ended,
  type Future,
  type FutureError,
  type ItemOutcome,
  type Outcome,
  type Receipt,
  wait,
} from "@scaler-ts/future/promise"
import * as Local from "@scaler-ts/local"
import type { EffectLacksRequirements } from "@scaler-ts/protocol/tasks"
import { Transport } from "@scaler-ts/runtime"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import { assert, expectTypeOf, it } from "vitest"
import { tasks } from "../support/typedTasks.ts"

export const submits = (client: Client) => {
  expectTypeOf(client.submit(tasks.none)).toEqualTypeOf<Future<number>>()
  expectTypeOf(client.submit(tasks.later, 1)).toEqualTypeOf<Future<Date>>()
  expectTypeOf(client.submit(tasks.either, true)).toEqualTypeOf<Future<string | 1>>()
  expectTypeOf(client.submit(tasks.never)).toEqualTypeOf<Future<never>>()
  expectTypeOf(client.submit(tasks.needy)).toEqualTypeOf<Future<EffectLacksRequirements>>()
  expectTypeOf(client.call(tasks.later, 1)).toEqualTypeOf<Promise<Date>>()
  expectTypeOf(client.attach("a.1", tasks.later)).toEqualTypeOf<Future<Date>>()
  expectTypeOf(client.attach("a.1")).toEqualTypeOf<Future<unknown>>()
  client.attach("a.1", undefined, { onLog: (line) => line.length })
  // @ts-expect-error who attaches does not say how long it may run
  client.attach("a.1", tasks.later, { timeoutMs: 1 })
  client.submit(tasks.none, undefined, { detached: true })
  client.submit(tasks.none, undefined, { signal: AbortSignal.timeout(1), timeoutMs: 1 })
  // @ts-expect-error a task that takes something cannot be submitted without it
  client.submit(tasks.page)
  // @ts-expect-error of the right type
  client.submit(tasks.page, { page: "1" })
  // @ts-expect-error and without a slip of the pen in an optional field
  client.submit(tasks.page, { page: 1, dpii: 3 })
  // @ts-expect-error an option that there is not
  client.submit(tasks.page, { page: 1 }, { abort: AbortSignal.abort() })
  // @ts-expect-error a controller is no signal
  client.submit(tasks.page, { page: 1 }, { signal: new AbortController() })
  // @ts-expect-error nor does a call take less than a submit
  void client.call(tasks.page)
}

export const futures = async (client: Client) => {
  const later = client.submit(tasks.later, 1)
  expectTypeOf(await later).toEqualTypeOf<Date>()
  expectTypeOf(later.then((date) => date.getTime())).toEqualTypeOf<Promise<number>>()
  expectTypeOf(later.then()).toEqualTypeOf<Promise<Date>>()
  expectTypeOf(later.catch(() => "none")).toEqualTypeOf<Promise<Date | string>>()
  expectTypeOf(later.finally(() => {})).toEqualTypeOf<Promise<Date>>()
  void later.catch((error) => expectTypeOf(error).toEqualTypeOf<FutureError>())
  expectTypeOf(later.outcome()).toEqualTypeOf<Promise<Outcome<Date>>>()
  expectTypeOf(later.cancel()).toEqualTypeOf<Promise<Receipt<Date>>>()
  expectTypeOf(later.cancel({ boundMs: 1 })).resolves.toHaveProperty("_tag")
  expectTypeOf(later.onDone).parameter(0).parameter(0).toEqualTypeOf<Outcome<Date>>()
  const receipt = await later.cancel()
  if (receipt._tag === "Stopped") {
    expectTypeOf(receipt.how).toEqualTypeOf<
      "never-started" | "cooperative" | "killed" | "unknown"
    >()
  }
  // @ts-expect-error only a receipt of that kind has it
  void receipt.how
  expectTypeOf(later).toExtend<Promise<Date>>()
  expectTypeOf(later).toExtend<EffectFuture.Future<Date>>()
  expectTypeOf(later).toExtend<Future<Date | string>>()
  expectTypeOf(later).not.toExtend<Future<string>>()
  const page = client.submit(tasks.page, { page: 1 })
  expectTypeOf(Promise.all([later, page])).toEqualTypeOf<Promise<[Date, string]>>()
  expectTypeOf(Promise.race([later, page])).toEqualTypeOf<Promise<Date | string>>()
  await using scoped = client.submit(tasks.none)
  expectTypeOf(scoped).toEqualTypeOf<Future<number>>()
}

export const loops = async (client: Client) => {
  for await (const outcome of client.map(tasks.later, [1, 2])) {
    expectTypeOf(outcome).toEqualTypeOf<ItemOutcome<Date>>()
  }
  async function* pages() {
    yield { page: 1 }
  }
  expectTypeOf(await Array.fromAsync(client.map(tasks.page, pages()))).toEqualTypeOf<
    Array<ItemOutcome<string>>
  >()
  // @ts-expect-error every item is held to the task's input
  client.map(tasks.page, [{ page: 1 }, { page: 2, dpii: 3 }])
  // @ts-expect-error of every kind of inputs
  client.map(tasks.later, pages())
  const [later, page] = [client.submit(tasks.later, 1), client.submit(tasks.page, { page: 1 })]
  for await (const ended of asCompleted([later])) {
    expectTypeOf(ended).toEqualTypeOf<Ended<Future<Date>>>()
    expectTypeOf(ended.outcome).toEqualTypeOf<Outcome<Date>>()
    expectTypeOf(await ended.future).toEqualTypeOf<Date>()
  }
  for await (const { future } of asCompleted([later, page])) {
    expectTypeOf(future).toEqualTypeOf<Future<Date> | Future<string>>()
  }
  const { done } = await wait([later, page], { until: "first" })
  expectTypeOf(done).toEqualTypeOf<ReadonlyArray<Future<Date> | Future<string>>>()
  // @ts-expect-error a promise is no future
  asCompleted([Promise.resolve(1)])
}

export const clusters = async (layer: Layer.Layer<Transport, "no socket">) => {
  await using cluster = await Local.start({ tasks })
  expectTypeOf(cluster).toExtend<Client>()
  const none = Effect.flatMap(Effect.service(Transport), ({ self }) => Effect.succeed(self))
  // @ts-expect-error the one service that a cluster provides is its client
  void cluster.run(none)
  expectTypeOf(cluster.run(Effect.succeed(1))).toEqualTypeOf<Promise<number>>()
  await using client = await connect(layer)
  expectTypeOf(client).toEqualTypeOf<Client>()
}

it("what is compiled here is compiled by `npm test`", () => {
  assert.isFunction(submits)
})
