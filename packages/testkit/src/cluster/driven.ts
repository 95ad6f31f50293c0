/** Carries scripts out. */
import type { WorldNode } from "@scaler-ts/adapter-memory"
import * as Effect from "effect/Effect"
import type { Record } from "./Record.ts"

/** How far a script has come. */
export interface Progress {
  readonly name: string
  readonly node: WorldNode
  /** What its newest step did, such as `cancel(work)`. */
  doing: string
  steps: number
}

/** The first few of what a step did: enough to know it by. */
const listed = (did: ReadonlyArray<string>): string =>
  did.length <= 4 ? did.join(", ") : `${did.slice(0, 4).join(", ")}, …`

/**
 * Carries a body out, step by step.
 *
 * The generator function is made once for all executions: one that is made anew for each keeps what it
 * closes over, the whole world, beyond every young collection.
 */
export const driven: <A, R>(
  script: Progress,
  node: WorldNode,
  record: Record,
  body: () => Generator<Effect.Effect<unknown, unknown, R>, A, never>,
) => Effect.Effect<A, unknown, R> = Effect.fnUntraced(function* <A, R>(
  script: Progress,
  node: WorldNode,
  record: Record,
  body: () => Generator<Effect.Effect<unknown, unknown, R>, A, never>,
) {
  const iterator = generatorOf(body())
  let next = iterator.next()
  while (next.done !== true) {
    const number = ++script.steps
    if (!Effect.isEffect(next.value)) throw new TypeError(noEffect(number))
    yield* Effect.callback<void>((resume) => {
      const withdraw = node.offer(`${script.name}#${number}`, () => {
        record.doing.length = 0
        resume(Effect.void)
        script.doing = record.doing.length === 0 ? `step ${number}` : listed(record.doing)
      })
      return Effect.sync(withdraw)
    })
    // What the effect yields is what the body's `yield*` is typed to give.
    next = iterator.next((yield* next.value) as never)
  }
  return next.value
})

/** Untyped tests may pass any function. */
const generatorOf = <G extends object>(made: G): G => {
  if (typeof made === "object" && Symbol.iterator in made) return made
  throw new TypeError(
    "its body is no generator function; write function* (race) { … }, and neither async nor =>",
  )
}

const noEffect = (step: number): string =>
  `step ${step} yields something that is no Effect; write yield* before an Effect, and nothing before a value`
