import type { Nesting } from "@scaler-ts/protocol"
import type { Loop } from "@scaler-ts/runtime"
import type { ClientObserver } from "../Observer.ts"
import { FutureTable, type Rules } from "./FutureTable.ts"
import { NestedTable } from "./NestedTable.ts"
import { ObservedTable } from "./ObservedTable.ts"
import type { SubmitLine } from "./SubmitLine.ts"

/** Who a client's table has something to tell. */
interface Company {
  /** Of a client within a task. */
  readonly nesting: Nesting | undefined
  readonly observer: ClientObserver | undefined
}

export const tableFor = (
  { nesting, observer }: Company,
  line: SubmitLine,
  loop: Loop.Loop,
  rules: Rules,
): FutureTable => {
  if (nesting !== undefined) return new NestedTable(nesting, observer, line, loop, rules)
  if (observer !== undefined) return new ObservedTable(observer, line, loop, rules)
  return new FutureTable(line, loop, rules)
}
