/** A worker of BullMQ, in a process of its own. Is given the path of Redis' socket; its parent ends it. */
import { Worker } from "bullmq"
import process from "node:process"
import { queueName } from "../bullmq.ts"

const [, , path = ""] = process.argv
const worker = new Worker<number, number>(queueName, async ({ data }) => data + 1, {
  connection: { path },
  concurrency: 1_000,
})
await worker.waitUntilReady()
console.log("ready")
