/** A cluster for storms, which is held to leave nothing behind when it is closed. */
import { stat } from "node:fs/promises"
import * as Local from "@scaler-ts/local"
import { temporary } from "../../packages/worker/test/fixtures/processEvidence.ts"
import { effects } from "../evidence/fixtures/stormEffects.ts"
import { cooperative, deaf, holding, parents } from "../evidence/fixtures/stormTasks.ts"
import { belongings, leftBehind } from "./belongings.ts"
import { Storm, type StormSettings, type StormTally } from "./storm.ts"
import { kindsIn } from "./stormPlan.ts"

export interface StormClusterOptions {
  readonly executor: "thread" | "process"
  /** Of several none holds anything beyond its slots, so that what waits does so at the scheduler. */
  readonly workers: number
  /** Of each worker. */
  readonly slots: number
}

export type Round = Pick<StormSettings, "seed" | "cancels" | "kills" | "mayGoOn">

const tasks = [cooperative, deaf, parents, holding, effects]

const open = ({ executor, workers, slots }: StormClusterOptions): Promise<Local.Cluster> =>
  Local.start({ tasks, executor, workers, slots })

/**
 * Runs storms, one after the other, in one cluster, and closes it. Returns what of it was left behind:
 * processes, threads, handles.
 */
export const withStorms = async (
  options: StormClusterOptions,
  use: (storm: (round: Round) => Promise<StormTally>) => Promise<void>,
): Promise<ReadonlyArray<string>> => {
  // What a process opens for good, once, is nobody's leftover, nor are the threads of its pool for files.
  await stat(".")
  await (await open(options)).close()
  const before = belongings()
  {
    using folder = temporary()
    await using cluster = await open(options)
    const { executor, workers, slots } = options
    let rounds = 0
    await use((round) => {
      const kinds = kindsIn(executor, round.kills)
      const file = folder.file(`storm-${rounds++}`)
      return new Storm(cluster, file, { ...round, kinds, slots: workers * slots }).run()
    })
  }
  return leftBehind(before)
}
