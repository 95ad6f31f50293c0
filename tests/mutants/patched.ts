/**
 * Loads a race file with a patch in the sources it is built from.
 *
 * Every load gets modules of its own, told apart by a query in their URLs, so any number of patches
 * can be tried in one process. Nothing is written to disk.
 */
import type { RaceBody, RaceOptions, Verdict } from "@scaler-ts/testkit"
import type * as Testkit from "@scaler-ts/testkit"
import * as Effect from "effect/Effect"
import { readFileSync } from "node:fs"
import { registerHooks, stripTypeScriptTypes } from "node:module"
import type * as Collected from "./collected.ts"
import { type Patch, patchedText } from "./patch.ts"

/** A race as its file registers it. */
export interface Registered {
  readonly name: string
  readonly options: RaceOptions
  readonly body: RaceBody
}

/** The races of one load of one file, and what runs them. */
export interface Loaded {
  readonly races: ReadonlyArray<Registered>
  readonly run: (race: Registered) => Promise<Verdict>
}

const root = new URL("../../", import.meta.url)
const collected = new URL("tests/mutants/collected.ts", root).href
const testkit = new URL("packages/testkit/src/index.ts", root).href
const itself = /^(?!.*\/node_modules\/).*\.ts$/

/** What is patched in each load, by its number. */
const patches: Array<Patch | undefined> = []

registerHooks({
  resolve(specifier, context, next) {
    const load = loadOf(context.parentURL ?? "") ?? loadOf(specifier)
    if (load === undefined) return next(specifier, context)
    // Races register themselves here and not with a test runner.
    if (specifier === "@scaler-ts/testkit/vitest") return next(`${collected}?load=${load}`, context)
    const resolved = next(specifier, context)
    const [url = ""] = resolved.url.split("?")
    return itself.test(url) ? { ...resolved, url: `${url}?load=${load}` } : resolved
  },
  load(url, context, next) {
    const load = loadOf(url)
    if (load === undefined) return next(url, context)
    const [file = ""] = url.split("?")
    const patch = patches[Number(load)]
    const source =
      patch !== undefined && file === new URL(patch.file, root).href
        ? stripTypeScriptTypes(patchedText(readFileSync(new URL(file), "utf8"), patch))
        : stripped(file)
    return { format: "module", source, shortCircuit: true }
  },
})

/** Its JavaScript, made once for all loads: that is most of what a load costs. */
const stripped = (file: string): string => {
  const known = scripts.get(file)
  if (known !== undefined) return known
  const script = stripTypeScriptTypes(readFileSync(new URL(file), "utf8"))
  scripts.set(file, script)
  return script
}

const scripts = new Map<string, string>()

const loadOf = (url: string): string | undefined => /\?load=(\d+)$/.exec(url)?.[1]

/** Loads tests/races/`file`.race.ts and everything it imports anew, with the patch if there is one. */
export const load = async (file: string, patch?: Patch): Promise<Loaded> => {
  const query = `?load=${patches.push(patch) - 1}`
  await import(`${new URL(`tests/races/${file}.race.ts`, root).href}${query}`)
  const { races } = (await import(`${collected}${query}`)) as typeof Collected
  const { Explore } = (await import(`${testkit}${query}`)) as typeof Testkit
  return {
    races,
    run: ({ name, options, body }) =>
      // Nobody reads the schedule, and making it short takes longer than finding it.
      Effect.runPromise(Explore.run(body, { ...options, name, budgetMs: Infinity, shrink: false })),
  }
}
