/** BullMQ over a Redis of our own, its worker in a process of its own: what people take today for jobs on other machines. */
import { Queue, QueueEvents } from "bullmq"
import { startRedis } from "./cancel/redis.ts"
import { startChild } from "./child.ts"
import type { Launch } from "./harness.ts"

export const queueName = "trivial"

export interface Bull {
  readonly launch: Launch
  readonly stop: () => Promise<void>
}

/** Throws `Missing` where there is no Redis. */
export const startBull = async (): Promise<Bull> => {
  const redis = await startRedis()
  const connection = { path: redis.path }
  const worker = await startChild("children/bullmqWorker.ts", redis.path)
  const queue = new Queue<number>(queueName, { connection })
  const events = new QueueEvents(queueName, { connection })
  await Promise.all([queue.waitUntilReady(), events.waitUntilReady()])
  const open = new Map<string, () => void>()
  let number = 0
  events.on("completed", ({ jobId }) => {
    const done = open.get(jobId)
    open.delete(jobId)
    done?.()
  })
  return {
    launch: (done) => {
      // Named by us, so that nothing can be over before it is known.
      const jobId = `job-${++number}`
      open.set(jobId, done)
      void queue.add("addOne", 1, { jobId, removeOnComplete: true })
    },
    stop: async () => {
      await worker.stop()
      await Promise.all([queue.close(), events.close()])
      await redis.stop()
    },
  }
}
