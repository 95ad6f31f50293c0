/** Within which bounds the races of `tests/races` are tried. */
import process from "node:process"

/** Every order: a pass is a proof, and never a sample. */
export const everyOrder = { budgetMs: Infinity }

/** What a worker runs cannot be killed, and one timer may be too short: so a cancel may be refused. */
export const unkillable = { ...everyOrder, canKill: false, earlyTimers: 1 }

/** Two workers, each of which may hold one task beyond the one it runs. */
export const twoByTwo = { ...everyOrder, workers: 2, prefetch: 1 }

/** Three looks of each of three nodes; nobody tells of what is wrong, and it stays so. */
export const looking = { ...everyOrder, silenceMs: 3_000, backgroundTimers: 9 }

/** A cancel that waits for its answer, however long that takes. */
export const unbounded = { boundMs: Infinity }

/**
 * Three workers, and more that may go wrong than any machine tries in every order: first every
 * order of as much as there is time for, and then samples of the rest. `SCALER_RACE_MS` says how long
 * each may take, in milliseconds.
 */
export const deepest = { workers: 3, budgetMs: Number(process.env["SCALER_RACE_MS"] ?? 90_000) }

/** Where the orders in which nothing goes wrong would take all of that time: samples from the start. */
export const deepestSampled = { ...deepest, explore: "sample" } as const
