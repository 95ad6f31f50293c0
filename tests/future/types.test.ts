import { assert, it } from "@effect/vitest"
import { type Client, Future } from "@scaler-ts/future"
import type { EffectLacksRequirements } from "@scaler-ts/protocol/tasks"
import * as Effect from "effect/Effect"
import { inspect } from "node:util"
import { expectTypeOf } from "vitest"
import * as Rig from "../support/Rig.ts"
import { tasks } from "../support/typedTasks.ts"

type OutputIn<F> =
  F extends Effect.Effect<Future.Future<infer A>, unknown, unknown> ? A : "not a future"

/** Compiled, never run: what an editor shows and refuses. */
export const typesOf = (client: Client) => {
  const none = client.submit(tasks.none)
  expectTypeOf<OutputIn<typeof none>>().toEqualTypeOf<number>()
  const later = client.submit(tasks.later, 1)
  expectTypeOf<OutputIn<typeof later>>().toEqualTypeOf<Date>()
  const either = client.submit(tasks.either, true)
  expectTypeOf<OutputIn<typeof either>>().toEqualTypeOf<string | 1>()
  const never = client.submit(tasks.never)
  expectTypeOf<OutputIn<typeof never>>().toEqualTypeOf<never>()
  const needy = client.submit(tasks.needy)
  expectTypeOf<OutputIn<typeof needy>>().toEqualTypeOf<EffectLacksRequirements>()
  const attached = client.attach("a.1", tasks.later)
  expectTypeOf<OutputIn<typeof attached>>().toEqualTypeOf<Date>()
  const untyped = client.attach("a.1")
  expectTypeOf<OutputIn<typeof untyped>>().toEqualTypeOf<unknown>()
  // @ts-expect-error who attaches does not say how often it is tried
  void client.attach("a.1", tasks.later, { attemptsMax: 1 })
  // @ts-expect-error a task that takes something cannot be submitted without it
  void client.submit(tasks.page)
  // @ts-expect-error of the right type
  void client.submit(tasks.page, { page: "1" })
  // @ts-expect-error and without a slip of the pen in an optional field
  void client.submit(tasks.page, { page: 1, dpii: 3 })
  // @ts-expect-error of every item
  void client.map(tasks.page, [{ page: 1 }, { page: 2, dpii: 3 }])
}

it.effect("a future shows itself in logs and JSON, and not its client", () =>
  Effect.gen(function* () {
    const { client } = yield* Rig.make()
    const future = yield* client.submit(Rig.work, 1)
    assert.deepStrictEqual(JSON.parse(JSON.stringify(future)), {
      task: "work",
      number: 1,
      state: "pending",
    })
    assert.strictEqual(inspect(future), 'Future {"task":"work","number":1,"state":"pending"}')
    yield* Future.forget(future)
    assert.include(JSON.stringify(future), '"lost"')
  }),
)
