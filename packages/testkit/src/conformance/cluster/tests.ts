/** What every client–scheduler–worker assembly must keep, whatever it runs over. */
import type { ConformanceTest } from "../Suite.ts"
import { guaranteeTests } from "./guarantees.ts"
import { leavingTests } from "./leaving.ts"
import { receiptTests } from "./receipts.ts"
import { resumingTests } from "./resuming.ts"
import { workTests } from "./work.ts"

/** The tests of `clusterConformance`; `runTest` runs one of them alone. */
export const clusterTests: ReadonlyArray<ConformanceTest> = [
  ...workTests,
  ...receiptTests,
  ...guaranteeTests,
  ...leavingTests,
  ...resumingTests,
]
