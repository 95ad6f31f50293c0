/** Seeds of tests that try at random: a new one each time, printed, and to be given back to see a failure again. */
import process from "node:process"

/** The seed of a test: the environment's `SEED`, or one that nobody has tried before. */
export const seedOf = (test: string): number => {
  const given = process.env["SEED"]
  const seed = given === undefined ? Date.now() % 0x7fff_ffff : Number(given)
  if (!Number.isSafeInteger(seed)) throw new RangeError(`SEED is ${given}; give a whole number`)
  console.log(`${test}: seed ${seed}; SEED=${seed} runs the same again`)
  return seed
}
