/** Tasks of every kind of types, for tests of what an editor shows and refuses. */
import { defineTasks } from "@scaler-ts/protocol/tasks"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"

interface Db {
  readonly rows: number
}
const Db = Context.Service<Db>("test/Db")

export const tasks = defineTasks(import.meta.url, {
  none: () => 1,
  page: ({ page, dpi }: { readonly page: number; readonly dpi?: number }) => `${page} at ${dpi}`,
  later: async (ms: number) => new Date(ms),
  either: (which: boolean) => (which ? 1 : Effect.succeed("a")),
  never: (): never => {
    throw new Error("never")
  },
  needy: () => Effect.map(Effect.service(Db), ({ rows }) => rows),
})
