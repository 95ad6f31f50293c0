/** What a thread of the thread executor runs: the module the pool starts it with. */
import { parentPort, workerData } from "node:worker_threads"
import { ThreadClaims } from "./threadClaims.ts"
import { fromThread, type ThreadData, type ToThread } from "./threadMessage.ts"
import { ThreadRunner } from "./threadRunner.ts"

if (parentPort === null) throw new Error("threadEntry is run by the thread executor, in a thread")
const port = parentPort
// Written by `ThreadHandle`, which alone starts this module.
const data = workerData as ThreadData
const runner = new ThreadRunner(new ThreadClaims(data.claims), (message, moved) =>
  port.postMessage(message, moved),
)
port.on("message", (message: ToThread) => runner.receive(message))
port.postMessage([fromThread.up])
