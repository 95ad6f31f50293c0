/** What every `Transport` must keep, sentence by sentence. */
import type { ConformanceTest } from "../Suite.ts"
import { cuttingTests } from "./cutting.ts"
import { deliveryTests } from "./delivery.ts"
import { hostileTests } from "./hostile.ts"
import { leavingTests } from "./leaving.ts"
import { outboxTests } from "./outbox.ts"

/** The tests of `transportConformance`; `runTest` runs one of them alone. */
export const transportTests: ReadonlyArray<ConformanceTest> = [
  ...deliveryTests,
  ...outboxTests,
  ...leavingTests,
  ...cuttingTests,
  ...hostileTests,
]
