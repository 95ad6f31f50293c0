/**
 * The measured functions, as piscina loads them. JavaScript, because a thread that loads TypeScript
 * pays 40 ms for Node's type stripper first, whoever started it.
 */
export const addOne = (x) => x + 1

/** Keeps the processor busy and looks at nothing; returns how often it looked at the clock. */
export const spin = (ms) => {
  const end = performance.now() + ms
  let looks = 0
  while (performance.now() < end) looks++
  return looks
}
