/** What a caller may say of a race: a slip in an option would otherwise prove something else than was meant. */
import { Checked } from "@scaler-ts/runtime"
import { checkFaults } from "../cluster/faults.ts"
import type { RaceOptions } from "../Explore.ts"
import { checkedBy } from "./checkedBy.ts"

type Check = (name: string, value: never) => unknown

const anything: Check = () => undefined

const oneOf =
  (...values: ReadonlyArray<string | boolean>): Check =>
  (name, value) =>
    Checked.oneOf(name, value, values)

const text: Check = (name, value: unknown) => {
  if (typeof value !== "string") throw new TypeError(`${name} is no text; give one`)
}

const checks: { readonly [Name in keyof RaceOptions]-?: Check } = {
  name: text,
  clients: Checked.wholeFromOne,
  workers: Checked.wholeFromOne,
  operator: oneOf(true, false),
  slots: Checked.wholeFromOne,
  prefetch: Checked.wholeFromZero,
  capabilities: Checked.quantities,
  canKill: oneOf(true, false),
  policy: oneOf("cancel-wins", "result-wins"),
  cancelBoundMs: Checked.milliseconds,
  graceMs: Checked.milliseconds,
  resumeMs: Checked.milliseconds,
  rejoinMs: Checked.milliseconds,
  onSchedulerLost: oneOf("resubmit", "fail"),
  recoverMs: Checked.milliseconds,
  silenceMs: Checked.milliseconds,
  backgroundTimers: Checked.wholeFromZero,
  tombstonesMax: Checked.wholeFromOne,
  clientTasksMax: Checked.wholeFromOne,
  tasksMax: Checked.wholeFromOne,
  childrenMax: Checked.wholeFromOne,
  keptEndsMax: Checked.wholeFromOne,
  tasks: anything,
  executor: anything,
  handshake: oneOf(true, false),
  earlyTimers: Checked.wholeFromZero,
  profile: oneOf("tcp", "datagram", "calm"),
  faults: (name, value: unknown) => {
    if (typeof value === "object" && value !== null) return
    throw new TypeError(`${name} says nothing; give what may go wrong, such as { cut: 1 }`)
  },
  seed: text,
  budgetMs: Checked.milliseconds,
  replay: text,
  explore: oneOf("exhaustive", "sample"),
  reduction: oneOf("source", "sleep", "none"),
  selfCheckEvery: Checked.wholeFromZero,
  shrink: oneOf(true, false),
  stepsMax: Checked.wholeFromOne,
}

/** Throws a `RangeError` or a `TypeError` that names the option and says what to give. */
export const checkedOptions = (options: RaceOptions): RaceOptions => {
  checkedBy(checks, options, "a race")
  checkFaults(options)
  return options
}
