/** What a search of a race comes to. */
import type { Violation } from "./cluster/guarantees.ts"
import type { Told } from "./report/describe.ts"

/** Within which bounds every order was tried. */
export interface Bounds {
  readonly clients: number
  readonly workers: number
  readonly slots: number
  readonly prefetch: number
  /** So many timers may have gone off although something else could have happened first. */
  readonly earlyTimers: number
  /** How often each thing may have gone wrong, such as `{ cut: 1, crash: 1 }`. */
  readonly faults: Readonly<Record<string, number>>
  /** How much of it in all. */
  readonly faultsMax: number
}

export interface Stats {
  /** How many executions were run, those that were given up included. */
  readonly executions: number
  /** Executions given up because others cover them. */
  readonly blocked: number
  /** Steps of the longest execution. */
  readonly longest: number
  readonly elapsedMs: number
  /** Roughly how many orders there are, unrelated steps lined up in every way included. */
  readonly rawOrders: number
  /** In how many executions the premise of each guarantee held. */
  readonly exercised: Readonly<Record<string, number>>
}

/** Every order within the bounds was tried, and nothing was wrong with any. */
export interface Verified {
  readonly _tag: "Verified"
  /** How many executions there are that differ in more than how unrelated steps were lined up. */
  readonly classes: number
  readonly bounds: Bounds
  readonly stats: Stats
}

/** The budget ended first. What was tried was right; what was not is unknown. */
export interface Sampled {
  readonly _tag: "Sampled"
  /** How many different classes were tried. */
  readonly classes: number
  /** Roughly how many there are, at least. */
  readonly estimate: number
  /** The bounds within which every order was tried before; `undefined` if there are none. */
  readonly verified: Bounds | undefined
  readonly bounds: Bounds
  /** Gives the same random executions again. */
  readonly seed: string
  /** Whether this was no sample but the replay of a token, whose one execution does not fail any more. */
  readonly replayed: boolean
  /** What drew the random executions, in rotation. */
  readonly strategies: ReadonlyArray<Drawn>
  readonly stats: Stats
}

/** What a strategy of random executions came to. */
export interface Drawn {
  /** `random walk`, `POS`, or `PCT(d)` for bugs that take d steps in one order. */
  readonly name: string
  readonly executions: number
  /** How many classes it was the first to see. */
  readonly firstSeen: number
}

/** An execution broke a guarantee or failed a check. */
export interface Violated {
  readonly _tag: "Violated"
  readonly failure: Failure
  /** Within which bounds it was found. */
  readonly bounds: Bounds
  /** Replays the failing execution: give it as `replay`, or in the environment as `SCALER_REPLAY`. */
  readonly token: string
  /** How many steps the failing execution had before it was made as short as it is. */
  readonly shrunkFrom: number
  readonly stats: Stats
}

export type Verdict = Verified | Sampled | Violated

/** An execution, as people read it. */
export interface Account {
  /** The names of its steps. */
  readonly steps: ReadonlyArray<string>
  /** What happened at each of them; of a very long execution at the first few only. */
  readonly told: ReadonlyArray<Told>
  /** The same in columns of text. */
  readonly columns: string
}

/** A failing execution, as short as could be found. */
export interface Failure extends Violation, Account {
  /** The names of the nodes, in the order of their columns. */
  readonly nodes: ReadonlyArray<string>
  /** A mermaid sequence diagram of it. */
  readonly diagram: string
  /**
   * A passing execution that parts from this one as late as any that was found. `undefined` if none
   * was found: where every order fails there is none.
   */
  readonly neighbour: Neighbour | undefined
}

/** An execution with which nothing is wrong, and which is told to its end. */
export interface Neighbour extends Account {
  /** With how many steps both begin. The next of each is the one by which they part. */
  readonly shared: number
  /** Replays it, as the failing execution's token does that one. */
  readonly token: string
}

/** The verdict in one line. */
export const lineOf = (name: string, verdict: Verdict): string => {
  const { stats } = verdict
  const seconds = `${(stats.elapsedMs / 1000).toFixed(1)} s`
  switch (verdict._tag) {
    case "Verified":
      return (
        `✓ ${name}: verified, ${counted(verdict.classes, "schedule covers", "schedules cover")} every order` +
        ` (about ${rounded(stats.rawOrders)} raw) ${within(verdict.bounds)}, ${seconds}`
      )
    case "Sampled": {
      if (verdict.replayed) {
        return `~ ${name}: replayed, and it does not fail any more; run it without the token to try the other orders`
      }
      const percent = Math.max(1, Math.floor((100 * verdict.classes) / verdict.estimate))
      const verified =
        verdict.verified === undefined ? "" : `; verified ${within(verdict.verified)}`
      return (
        `~ ${name}: sampled ${counted(verdict.classes, "schedule", "schedules")}, ${percent} % of at least ` +
        `${rounded(verdict.estimate)} ${within(verdict.bounds)}, seed ${verdict.seed}, ${seconds}${verified}`
      )
    }
    case "Violated":
      return `✗ ${name}: ${failing(verdict)} after ${counted(stats.executions, "execution", "executions")}, ${seconds}`
  }
}

/** How far it gets; what follows says after how many executions. */
export const failing = ({ failure, shrunkFrom }: Violated): string => {
  if (failure.guarantee === "sometimes") return "fails"
  if (failure.steps.length === 0) return "fails before its first step,"
  const steps = counted(failure.steps.length, "step", "steps")
  const found = shrunkFrom > failure.steps.length ? ` (found with ${shrunkFrom})` : ""
  return `fails in ${steps}${found},`
}

/** The verdict as a report: for a violation what is wrong, how it came about, and how to see it again. */
export const reportOf = (name: string, verdict: Verdict): string => {
  const line = lineOf(name, verdict)
  if (verdict._tag !== "Violated") return line
  const { failure, token } = verdict
  if (token === "") return `${line}\n  ${failure.guarantee}: ${failure.what}`
  return [
    line,
    "",
    ...failure.columns.split("\n").map((row) => `  ${row}`),
    "",
    `  see it again: SCALER_REPLAY=${token}, or { replay: "${token}" } as the race's option`,
  ].join("\n")
}

/** Within which bounds, as the end of a sentence. */
export const within = (bounds: Bounds): string => {
  const { clients, workers, slots, prefetch, earlyTimers } = bounds
  return `within ${[
    counted(clients, "client", "clients"),
    counted(workers, "worker", "workers"),
    ...(slots === 1 ? [] : [`${slots} slots`]),
    ...(prefetch === 0 ? [] : [`prefetch ${prefetch}`]),
    ...faultsOf(bounds),
    earlyTimers === 0 ? "no early timer" : counted(earlyTimers, "early timer", "early timers"),
  ].join(", ")}`
}

/** How often a kind of fault may happen, in words. */
const faultNames: Readonly<Record<string, readonly [one: string, many: string]>> = {
  full: ["full outbox", "full outboxes"],
  skew: ["fast clock", "fast clocks"],
  duplicate: ["doubled message", "doubled messages"],
  reorder: ["reordered message", "reordered messages"],
  crash: ["crash", "crashes"],
}

const faultsOf = ({ faults, faultsMax }: Bounds): ReadonlyArray<string> => {
  const kinds = Object.keys(faults)
  const each = Object.entries(faults).map(([kind, times]) => {
    const [one, many] = faultNames[kind] ?? [kind, `${kind}s`]
    return counted(times, one, many)
  })
  const all = Object.values(faults).reduce((sum, times) => sum + times, 0)
  if (faultsMax >= all) return each
  if (faultsMax === 0) return ["no fault"]
  return [`at most ${counted(faultsMax, "fault", "faults")} of ${kinds.join(", ")}`]
}

export const counted = (count: number, one: string, many: string): string =>
  `${count.toLocaleString("en")} ${count === 1 ? one : many}`

const rounded = (count: number): string =>
  count < 10_000
    ? Math.round(count).toLocaleString("en")
    : count.toExponential(0).replace("e+", "·10^")
