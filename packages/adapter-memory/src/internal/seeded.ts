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

/** Random bytes by a seed: names that are unique, and the same in every run. */
export const seededBytes = (seed: string): ((count: number) => Uint8Array) => {
  const random = seeded(`${seed}/bytes`)
  return (count) => new Uint8Array(count).map(() => random.nextDoubleUnsafe() * 256)
}
