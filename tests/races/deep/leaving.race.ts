/** A client leaves while two workers run its two tasks: minutes, so `npm run race` alone tries them. */
import { Future } from "@scaler-ts/future"
import { it } from "@scaler-ts/testkit/vitest"
import { twoByTwo } from "../../support/bounds.ts"

it.race(
  "two tasks, two workers: a disconnect that meets the loss of the connection gives each one end (R24, G1)",
  twoByTwo,
  function* ({ submit, job, fork, world, client, always, sometimes }) {
    const one = yield* submit(job("first", { ends: "never" }))
    const two = yield* submit(job("second"))
    yield* fork("weather", function* () {
      yield* world.cut("client")
    })
    const { unconfirmed } = yield* client.disconnect()
    const states = [Future.state(one), Future.state(two)]
    always(states.every((state) => state !== "pending" && state !== "cancelling"))
    always(unconfirmed.length <= states.filter((state) => state === "lost").length)
    sometimes("both were stopped", states.join() === "cancelled,cancelled")
    sometimes("one was stopped before the loss", states.join() === "cancelled,lost")
  },
)

it.race(
  "two tasks, two workers: a disconnect names what refuses to stop, and nothing else (R23, R44, G8)",
  { ...twoByTwo, canKill: false, earlyTimers: 1 },
  function* ({ submit, job, client, always, sometimes }) {
    const one = yield* submit(job("deaf", { interruptible: false, ends: "never" }))
    const two = yield* submit(job("second"))
    const { unconfirmed } = yield* client.disconnect()
    always(Future.state(one) === "lost" && unconfirmed.some(({ task }) => task === "deaf"))
    always(unconfirmed.length === (Future.state(two) === "lost" ? 2 : 1))
    sometimes("the other was confirmed", Future.state(two) === "cancelled")
    sometimes("the bound was too short for both", unconfirmed.length === 2)
  },
)
