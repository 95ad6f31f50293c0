/** A thread that runs the races it is sent, each with a patch or without. */
import type { Verdict } from "@scaler-ts/testkit"
import { parentPort } from "node:worker_threads"
import type { Killer } from "./mutants.ts"
import type { Patch } from "./patch.ts"
import { load, type Loaded } from "./patched.ts"

export interface Trial {
  readonly killer: Killer
  readonly patch: Patch | undefined
}

/** What a race without a patch is run from, by its file: loaded once. */
const healthy = new Map<string, Loaded>()

const loadedFor = async ({ killer, patch }: Trial): Promise<Loaded> => {
  const { file } = killer
  if (patch !== undefined) return load(file, patch)
  const loaded = healthy.get(file) ?? (await load(file))
  healthy.set(file, loaded)
  return loaded
}

const run = async (trial: Trial): Promise<Verdict> => {
  const { file, race } = trial.killer
  const loaded = await loadedFor(trial)
  const found = loaded.races.find(({ name }) => name === race)
  if (found === undefined) throw new Error(`tests/races/${file}.race.ts has no race "${race}"`)
  return loaded.run(found)
}

parentPort?.on("message", (trial: Trial) => {
  // An error ends the thread, and with it the whole run.
  void run(trial).then((verdict) => parentPort?.postMessage(verdict, []))
})
