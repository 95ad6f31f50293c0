/** Runs every sequence of events through something, and says which one it was when it throws. */
export const everySequence = <Event, Memory>(
  alphabet: ReadonlyArray<Event>,
  length: number,
  start: Memory,
  next: (memory: Memory, event: Event) => Memory,
): number => {
  const path: Array<Event> = []
  let count = 0
  const walk = (memory: Memory): void => {
    if (path.length === length) return
    for (const event of alphabet) {
      path.push(event)
      count++
      walk(next(memory, event))
      path.pop()
    }
  }
  try {
    walk(start)
  } catch (error) {
    throw new Error(`after ${JSON.stringify(path)}: ${String(error)}`, { cause: error })
  }
  return count
}

/** Throws the guarantee that does not hold. Cheaper than an assertion, of which there would be millions. */
export const hold = (guarantee: string, holds: boolean): void => {
  if (!holds) throw new Error(guarantee)
}
