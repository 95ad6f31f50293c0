/** Small tasks for the examples. */
import { defineTasks, type TaskContext } from "@scaler-ts/protocol/tasks"
import { setTimeout } from "node:timers/promises"

const half = (n: number): number => {
  if (n % 2 !== 0) throw new RangeError(`${n} is odd`)
  return n / 2
}

/** Answers after a while, and says so when it is stopped before. */
const answer = async (
  { name, afterMs }: { readonly name: string; readonly afterMs: number },
  { log, signal }: TaskContext,
): Promise<string> => {
  try {
    await setTimeout(afterMs, undefined, { signal })
  } catch (error) {
    log(`${name} was told to stop, and stops`)
    throw error
  }
  return name
}

export const tasks = defineTasks(import.meta.url, { half, answer })
