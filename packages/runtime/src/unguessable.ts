import * as Effect from "effect/Effect"
import * as Hex from "effect/encoding/Hex"
import { RandomBytes } from "./Services.ts"

/** So many random bytes nobody guesses, and so many names never meet. */
const count = 12

/** A name that is unique and that nobody can guess, whoever has seen others: 24 hexadecimal digits. */
export const unguessable: Effect.Effect<string> = Effect.map(Effect.service(RandomBytes), (bytes) =>
  Hex.encode(bytes(count)),
)
