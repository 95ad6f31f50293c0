/** What `scaler-ts bench` runs. */
import { defineTasks, type TaskContext } from "@scaler-ts/protocol/tasks"

export const tasks = defineTasks(import.meta.url, {
  nothing: () => {},
  /** Stops when it is asked to. */
  listen: (_: void, { log, signal }: TaskContext) =>
    new Promise<void>((resolve) => {
      // Or nothing would keep what runs it alive.
      const alive = setInterval(() => {}, 1_000)
      signal.addEventListener("abort", () => {
        clearInterval(alive)
        resolve()
      })
      log("running")
    }),
  /** Has to be killed. */
  spin: (_: void, { log }: TaskContext) => {
    log("running")
    for (;;);
  },
})
