/**
 * BullMQ, with sandboxed processors: `cancelJob` for a job that runs, `remove` for one that waits.
 *
 * A second row is for a caller who does not take the answer of `cancelJob` for the last word, and
 * waits for the job to finish.
 */
import { type Job, Queue, QueueEvents, Worker } from "bullmq"
import { fileURLToPath } from "node:url"
import type { Input } from "../functions.ts"
import { startRedis } from "../redis.ts"
import { type Running, type System, type Told, toldBy, withVersion } from "../System.ts"

const queueName = "tasks"
const processor = fileURLToPath(new URL("../workers/bullmq.ts", import.meta.url))
const reason = "cancelled by the caller"

type Cancel = (parts: Parts, job: Job<Input>) => Told | Promise<Told>

interface Parts {
  readonly queue: Queue<Input>
  readonly events: QueueEvents
  readonly worker: Worker<Input>
}

const start = async (cancel: Cancel): Promise<Running> => {
  const redis = await startRedis()
  const connection = { path: redis.path }
  const queue = new Queue<Input>(queueName, { connection })
  const events = new QueueEvents(queueName, { connection })
  const worker = new Worker<Input>(queueName, processor, { connection, concurrency: 1 })
  await Promise.all([queue.waitUntilReady(), events.waitUntilReady(), worker.waitUntilReady()])
  const parts = { queue, events, worker }
  return {
    submit: async (name, input, attempts) => {
      const job = await queue.add(name, input, { attempts })
      return { cancel: () => cancel(parts, job) }
    },
    stop: async () => {
      await worker.close()
      await Promise.all([queue.close(), events.close()])
      await redis.stop()
    },
  }
}

/** What `cancelJob` and `remove` say. */
const ask: Cancel = ({ worker }, job) => {
  if (worker.cancelJob(job.id ?? "", reason)) return { said: "true", claim: "cancelled" }
  return job.remove().then(
    (): Told => ({ said: "removed", claim: "cancelled" }),
    ({ message }: Error): Told => ({ said: message, claim: "unknown" }),
  )
}

/** What becomes of the job. */
const askAndWait: Cancel = async (parts, job) => {
  const answer = await ask(parts, job)
  return answer.said === "true" ? toldBy(job.waitUntilFinished(parts.events)) : answer
}

export const bullmq: System = {
  name: withVersion("bullmq"),
  triesAgain: true,
  start: () => start(ask),
}

export const bullmqAwaited: System = {
  ...bullmq,
  name: `${bullmq.name}, waitUntilFinished`,
  start: () => start(askAndWait),
}
