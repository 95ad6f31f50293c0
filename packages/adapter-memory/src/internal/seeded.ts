import * as Effect from "effect/Effect"
import * as Random from "effect/Random"

/** Effect's own seeded generator, made when the first number is drawn. */
export const seeded = (seed: string): Random.Random => {
  let made: Random.Random | undefined
  const random = (): Random.Random =>
    (made ??= Effect.runSync(Random.withSeed(Effect.service(Random.Random), seed)))
  return {
    nextIntUnsafe: () => random().nextIntUnsafe(),
    nextDoubleUnsafe: () => random().nextDoubleUnsafe(),
  }
}
