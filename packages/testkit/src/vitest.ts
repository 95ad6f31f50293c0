/** `it.race` for vitest. */
import * as Effect from "effect/Effect"
import { it as base, type TestContext } from "vitest"
import type { RaceBody } from "./cluster/Race.ts"
import * as Explore from "./Explore.ts"
import { belongsTo } from "./internal/bounds.ts"
import { writeReport } from "./internal/reportFile.ts"
import { lineOf, reportOf, type Violated } from "./Verdict.ts"

/** A race failed: the message is the report, with the failing schedule as a picture and the token that replays it. */
export class RaceFailed extends Error {
  readonly _tag = "RaceFailed"
  readonly verdict: Violated
  /** `page`: where the same is to be seen as a page. */
  constructor(name: string, verdict: Violated, page?: string) {
    super([reportOf(name, verdict), ...(page === undefined ? [] : [`  ${page}`])].join("\n"))
    this.name = "RaceFailed"
    this.verdict = verdict
  }

  /** What a test runner is told: it prints every field, and the message says it all. */
  toJSON(): {
    readonly name: string
    readonly message: string
    readonly stack: string | undefined
  } {
    const { name, message, stack } = this
    return { name, message, stack }
  }
}

interface Race {
  (name: string, body: RaceBody): void
  (name: string, options: Explore.RaceOptions, body: RaceBody): void
}

export interface RaceTest extends Race {
  readonly only: Race
  readonly skip: Race
}

/** On top of what the search may take, for making a failing schedule short. */
const leewayMs = 60_000

/** Longer than this no test runs, whatever its budget is. */
const timeoutMsMax = 3_600_000

/** Runs the schedule of a token, from the environment, in the one race it belongs to. */
const replayVariable = "SCALER_REPLAY"

/** The folder into which a page about each race that fails is written. */
const reportVariable = "SCALER_REPORT"

const register =
  (
    test: (name: string, timeoutMs: number, run: (context: TestContext) => Promise<void>) => void,
  ): Race =>
  (name: string, ...rest: [RaceBody] | [Explore.RaceOptions, RaceBody]) => {
    const [options, body] = rest.length === 1 ? [{}, rest[0]] : rest
    const where = new Error("race")
    const timeoutMs = Math.min((options.budgetMs ?? 5_000) + leewayMs, timeoutMsMax)
    test(name, timeoutMs, (context) => run(context, { name, ...options }, body, where))
  }

const run = async (
  context: TestContext,
  options: Explore.RaceOptions & { readonly name: string },
  body: RaceBody,
  where: Error,
): Promise<void> => {
  const { name } = options
  const token = process.env[replayVariable]
  if (token !== undefined && !belongsTo(token, options)) {
    return context.skip(
      `${replayVariable} holds a token of another race, or of this one under another name or other options`,
    )
  }
  const replay = token === undefined ? {} : { replay: token }
  const verdict = await Effect.runPromise(Explore.run(body, { ...options, ...replay }), {
    signal: context.signal,
  })
  if (verdict._tag === "Violated") {
    const folder = process.env[reportVariable] ?? ""
    const page = folder === "" ? undefined : await writeReport(folder, name, verdict)
    throw shownAt(where, new RaceFailed(name, verdict, page))
  }
  const line = lineOf(name, verdict)
  // Reporters that show no annotations would make it look like a proof.
  if (verdict._tag === "Sampled") console.warn(line)
  await context.annotate(line, verdict._tag === "Verified" ? "notice" : "warning")
}

/** The error with the stack of the line that wrote the race: nobody looks for the cause in here. */
const shownAt = (where: Error, error: RaceFailed): RaceFailed => {
  const frames = (where.stack ?? "").split("\n").filter((line) => line.startsWith("    at "))
  error.stack = `${error.name}: ${error.message}\n${frames[1] ?? ""}`
  return error
}

const race: RaceTest = Object.assign(
  register((name, timeout, test) => base(name, { timeout }, test)),
  {
    only: register((name, timeout, test) => base.only(name, { timeout }, test)),
    skip: register((name, timeout, test) => base.skip(name, { timeout }, test)),
  },
)

/**
 * Vitest's `it`, with races: `it.race(name, options?, body)` is a test that tries the body under every
 * schedule its bounds allow.
 *
 * It passes when every schedule was tried and none failed, and also when the budget ended first and
 * none that was tried failed; its annotation says which. `budgetMs: Infinity` allows the first only.
 */
export const it: typeof base & { readonly race: RaceTest } = new Proxy(base, {
  get: (target, key, receiver) =>
    key === "race" ? race : (Reflect.get(target, key, receiver) as unknown),
}) as typeof base & { readonly race: RaceTest }
