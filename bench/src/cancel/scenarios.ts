/** What the function does, and when it is cancelled. */
import type { Name } from "./functions.ts"

export interface Scenario {
  readonly what: string
  readonly run: Name
  /** How long the function takes when nobody stops it. */
  readonly ms: number
  /**
   * When it is cancelled. `running`: in its midst. `in child`: while a process that it started runs.
   * `returned`: when it has returned, and the caller, who is busy, has not heard of it yet.
   * `queued`: while another task has the only place to run.
   */
  readonly when: "running" | "in child" | "returned" | "queued"
  /** More than 1 only for systems that try again. */
  readonly attemptsMax: number
}

export const scenariosOf = (ms: number): ReadonlyArray<Scenario> => {
  const once = { ms, when: "running", attemptsMax: 1 } as const
  return [
    { ...once, what: "spins, does not listen", run: "spin" },
    { ...once, what: "awaits, does not listen", run: "idle" },
    { ...once, what: "is in execFileSync", run: "blockOnChild", when: "in child" },
    { ...once, what: "awaits a process it spawned", run: "awaitChild", when: "in child" },
    { ...once, what: "listens, cleans up for 100 ms", run: "cleanUp" },
    { ...once, what: "the same, with 2 attempts", run: "cleanUp", attemptsMax: 2 },
    { ...once, what: "has just returned", run: "spin", ms: 20, when: "returned" },
    { ...once, what: "waits in the queue", run: "spin", ms: 20, when: "queued" },
  ]
}
