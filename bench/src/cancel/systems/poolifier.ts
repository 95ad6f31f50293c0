/** poolifier, cancelled by the signal its tasks are given. */
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { FixedThreadPool, PoolEvents } from "poolifier"
import type { Input } from "../functions.ts"
import { type System, toldBy, withVersion } from "../System.ts"

const script = fileURLToPath(new URL("../workers/poolifier.ts", import.meta.url))

export const poolifier: System = {
  name: withVersion("poolifier"),
  triesAgain: false,
  start: async () => {
    const gone = Promise.withResolvers<void>()
    const pool = new FixedThreadPool<Input, string>(1, script, {
      exitHandler: () => gone.resolve(),
      enableTasksQueue: true,
      tasksQueueOptions: { concurrency: 1 },
    })
    if (!pool.info.ready && pool.emitter) await once(pool.emitter, PoolEvents.ready)
    return {
      submit: (name, input) => {
        const controller = new AbortController()
        const told = toldBy(pool.execute(input, name, controller.signal))
        return {
          cancel: () => {
            controller.abort()
            return told
          },
        }
      },
      // A thread that exits before `destroy` listens for that keeps it waiting for ever.
      stop: () => Promise.race([pool.destroy(), gone.promise]),
    }
  },
}
