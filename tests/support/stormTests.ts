/** The storms that are tests: of threads in one file, and of processes in another, so that they run side by side. */
import { assert, describe, it } from "vitest"
import { seedOf } from "../../packages/protocol/test/seed.ts"
import { type Round, type StormClusterOptions, withStorms } from "./stormCluster.ts"
import type { StormTally } from "./storm.ts"
import type { Word } from "./stormJudge.ts"

/** A storm in which one of these never happens has not been everywhere. */
const everywhere: ReadonlyArray<Word> = ["never sent", "cooperative", "finished", "left alone"]

/** Runs one storm in a cluster of its own, and asserts that nobody lied, and that nothing is left. */
const weather = async (options: StormClusterOptions, round: Round): Promise<StormTally> => {
  const tallies: Array<StormTally> = []
  const left = await withStorms(options, async (storm) => void tallies.push(await storm(round)))
  const [tally] = tallies
  if (tally === undefined) return assert.fail("there was no storm")
  const { lies, words } = tally
  assert.deepStrictEqual(lies.slice(0, 5), [], `${lies.length} lies; SEED=${round.seed}`)
  assert.deepStrictEqual(left, [], `left behind; SEED=${round.seed}`)
  for (const word of everywhere) assert.isAbove(words[word], 0, `${word}; SEED=${round.seed}`)
  return tally
}

/** On a busy machine. Nothing is timed. */
const timeoutMs = 600_000

export const stormTests = (
  executor: "thread" | "process",
  { cancels, kills }: { readonly cancels: number; readonly kills: number },
): void => {
  describe(`in a ${executor}, whatever the moment of a cancel, its receipt is true, and nothing is left (G2, G3, G7)`, () => {
    it(
      `${cancels / 2} cancels where tasks wait at their worker`,
      async () => {
        const seed = seedOf(`storm at one worker, ${executor}`)
        const options = { executor, workers: 1, slots: 4 }
        const { words } = await weather(options, { seed, cancels: cancels / 2, kills: 0 })
        assert.isAbove(words.withdrawn, 0)
      },
      timeoutMs,
    )

    it(
      `${cancels / 2} cancels where they wait at the scheduler`,
      async () => {
        const seed = seedOf(`storm at two workers, ${executor}`)
        const options = { executor, workers: 2, slots: 2 }
        await weather(options, { seed, cancels: cancels / 2, kills: 0 })
      },
      timeoutMs,
    )

    it(
      `${kills} kills, and their neighbours go on`,
      async () => {
        const seed = seedOf(`storm of kills, ${executor}`)
        const options = { executor, workers: 1, slots: 3 }
        const { words } = await weather(options, { seed, cancels: 2 * kills, kills })
        assert.isAtLeast(words.killed, kills)
      },
      timeoutMs,
    )
  })
}
