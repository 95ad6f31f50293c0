/** Detached tasks whose client leaves while they talk, or before they were sent. */
import { Future } from "@scaler-ts/future"
import { it } from "@scaler-ts/testkit/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { everyOrder } from "../../support/bounds.ts"

const lines = 300

it.race(
  "what a task says while nobody is there holds nothing, and goes to whoever attaches (R47, R49, G10)",
  { ...everyOrder, clients: 2 },
  function* ({ submit, job, fork, client, always, sometimes }) {
    const talker = job("talker", { lines })
    const future = yield* submit(talker, undefined, {
      detached: true,
      onLog: () => new Promise(() => {}),
    })
    yield* fork(
      "other",
      function* (there) {
        const told: Array<string> = []
        const onLog = (line: string): void => void told.push(line)
        const mine = yield* there.client.attach(future.id, talker, { onLog })
        const outcome = yield* Future.outcome(mine)
        always(outcome._tag === "Succeeded" || outcome._tag === "Lost")
        sometimes("it heard what was said", told.length > 0)
      },
      { client: 2 },
    )
    yield* client.disconnect()
  },
)

it.race(
  "a detached task that waits when its client leaves is not submitted, or goes on (R48, R49, G7)",
  { ...everyOrder, clientTasksMax: 1 },
  function* ({ client, submit, job, fork, world, always, sometimes }) {
    const work = job("work", { value: 42 })
    yield* submit(job("first"))
    const waiting = yield* fork("second", function* ({ submit }) {
      return yield* Effect.exit(submit(work, undefined, { detached: true }))
    })
    yield* client.disconnect()
    const { kept, ownerless } = yield* world.status
    const exit = yield* Fiber.join(waiting)
    if (Exit.isFailure(exit)) {
      always(work.started === 0)
      return
    }
    const outcome = yield* Future.outcome(exit.value)
    const isLeft = outcome._tag === "Lost" && outcome.error.reason === "detached"
    always(isLeft || outcome._tag === "Succeeded")
    always(kept.ends + ownerless === 1)
    sometimes("it goes on", isLeft)
  },
)
