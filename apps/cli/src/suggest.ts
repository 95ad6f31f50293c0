/** "Did you mean": the nearest of a few names. */
import { distance } from "fastest-levenshtein"

/** The candidate nearest to `name`, if it is near enough to be a slip: a third of its letters, or all in another order. */
export const suggest = (name: string, candidates: ReadonlyArray<string>): string | undefined => {
  const ranked = candidates
    .map((candidate) => ({
      candidate,
      away: distance(name.toLowerCase(), candidate.toLowerCase()),
    }))
    .toSorted((a, b) => a.away - b.away)
  const best = ranked[0]
  return best !== undefined && best.away <= Math.max(1, Math.floor(name.length / 3))
    ? best.candidate
    : candidates.find((candidate) => lettersOf(candidate) === lettersOf(name))
}

const lettersOf = (name: string): string => name.toLowerCase().split("").toSorted().join("")
