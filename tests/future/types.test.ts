import { assert, it } from "@effect/vitest"
import { type Client, Future } from "@scaler-ts/future"
import { defineTasks, type EffectLacksRequirements } from "@scaler-ts/protocol/tasks"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { inspect } from "node:util"
import * as Rig from "../support/Rig.ts"

interface Db {
  readonly rows: number
}
const Db = Context.Service<Db>("test/Db")

const tasks = defineTasks(import.meta.url, {
  none: () => 1,
  page: (_: { readonly page: number; readonly dpi?: number }) => "a page",
  later: async (_: number) => new Date(0),
  either: (which: boolean) => (which ? 1 : Effect.succeed("a")),
  never: (): never => {
    throw new Error("never")
  },
  needy: () => Effect.map(Effect.service(Db), ({ rows }) => rows),
})

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const same = <A, B>(..._: Same<A, B> extends true ? [] : [error: "the types differ"]): void => {}

type OutputIn<F> =
  F extends Effect.Effect<Future.Future<infer A>, unknown, unknown> ? A : "not a future"

/** Compiled, never run: what an editor shows and refuses. */
export const typesOf = (client: Client) => {
  const none = client.submit(tasks.none)
  same<OutputIn<typeof none>, number>()
  const later = client.submit(tasks.later, 1)
  same<OutputIn<typeof later>, Date>()
  const either = client.submit(tasks.either, true)
  same<OutputIn<typeof either>, string | 1>()
  const never = client.submit(tasks.never)
  same<OutputIn<typeof never>, never>()
  const needy = client.submit(tasks.needy)
  same<OutputIn<typeof needy>, EffectLacksRequirements>()
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
