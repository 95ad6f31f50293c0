/**
 * The guarantees of `docs/semantics.md`, as predicates over what happened in an execution.
 *
 * "Before" means: in every execution of the same class. So a confirm that merely happened to come after
 * the stop it speaks of is a violation too, found in the one execution that stands for all of them.
 */
import type { Step } from "../search/Order.ts"
import type { Rest } from "./Rest.ts"
import { beforeIn, receiptsOf, type Violation } from "./evidence.ts"
import { ofCluster } from "./clusterGuarantees.ts"
import { ofFamilies } from "./familyGuarantees.ts"
import { ofFuture, ofJob } from "./futureGuarantees.ts"
import type { Record } from "./Record.ts"
import type { FutureRecord } from "./records.ts"
import { sameEnd } from "./sharedGuarantees.ts"

export type { Violation } from "./evidence.ts"

/** Everything wrong with an execution that has come to rest. */
export const judge = (
  record: Record,
  steps: ReadonlyArray<Step>,
  rest: Rest,
): ReadonlyArray<Violation> => {
  const before = beforeIn(steps)
  return [
    ...record.futures.flatMap((one) => [
      ...ofFuture(one, rest, before),
      ...ofJob(one, record, rest, before),
      ...sameEnd(one, record),
    ]),
    ...ofCluster(record, rest),
    ...ofFamilies(record, rest, before),
  ]
}

/** The guarantees whose premise held, so that a green run is not an empty one. */
export const exercised = (record: Record): ReadonlyArray<string> => {
  const { futures } = record
  const some = (holds: (one: FutureRecord) => boolean): boolean => futures.some(holds)
  const premises: ReadonlyArray<readonly [string, boolean]> = [
    ["G1", some(({ ends }) => ends.length > 0)],
    ["G2", some((one) => receiptsOf(one).some(({ receipt }) => receipt._tag === "Stopped"))],
    ["G3", some(({ asked, ends }) => asked.length > 0 && ends.length > 0)],
    ["G4", some(({ asked }) => asked.length > 0)],
    ["G5", some(({ attempts }) => attempts.some(({ how }) => how === "returned"))],
    ["G6", some(({ attempts }) => attempts.some(({ began }) => began !== undefined))],
    ["G7", true],
    ["G8", some(({ answers }) => answers.length > 0)],
    ["G9", some(({ attempts }) => attempts.length > 1)],
  ]
  return premises.flatMap(([name, held]) => (held ? [name] : []))
}
