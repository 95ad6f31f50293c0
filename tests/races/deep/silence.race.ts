/** Silence and a stuck send at once: more orders than every `npm test` has time for. */
import { Future } from "@scaler-ts/future"
import { it } from "@scaler-ts/testkit/vitest"
import { looking, unbounded } from "../../support/bounds.ts"

it.race(
  "a client that hears nothing any more knows it, although what it sends is stuck (R25, R26, G1)",
  { ...looking, faults: { full: { times: 1, links: ["client>scheduler"] } } },
  function* ({ submit, job, world, always, sometimes }) {
    const future = yield* submit(job("endless", { ends: "never" }))
    yield* world.partition("client")
    const receipt = yield* Future.cancel(future, unbounded)
    always(receipt._tag === "Unconfirmed" || receipt._tag === "Stopped")
    sometimes("nobody answered", receipt._tag === "Unconfirmed")
  },
)
