import { it } from "@scaler-ts/testkit/vitest"
import { retrying } from "./retrying.ts"

const bounds = { earlyTimers: 1, budgetMs: Infinity }

it.race("a confirmed cancel starts no other try", bounds, function* ({ job, never, sometimes }) {
  const flaky = job("flaky", { mayFail: true })
  const work = yield* retrying(flaky, { tries: 2, pauseMs: 1_000 })
  const receipt = yield* work.cancel
  const { started } = flaky
  yield* work.outcome
  never(receipt._tag !== "Unconfirmed" && flaky.started > started, "a try began after the cancel")
  sometimes("the cancel meets the pause", receipt._tag === "AlreadyDone" && started === 1)
  sometimes("the cancel stops the second try", receipt._tag === "Stopped" && started === 2)
})
