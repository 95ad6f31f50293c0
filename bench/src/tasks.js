/** The tasks that are measured, in a module of their own, for threads to load. */
import { defineTasks } from "@scaler-ts/protocol/tasks"
import { readFileSync } from "node:fs"
import { memoryOf } from "./memoryOf.js"
import { addOne, spin } from "./piscinaTasks.js"

export const tasks = defineTasks(import.meta.url, {
  addOne,
  spin,
  memory: () => memoryOf(readFileSync),
  echo: (bytes) => bytes,
  /** Runs until it is asked to stop. */
  hold: (_, { signal }) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason))
    }),
})
