/** What a thread of the thread executor runs: the module the pool starts it with. */
import { parentPort, workerData } from "node:worker_threads"
import { MemberPrints } from "./memberPrints.ts"
import { ThreadClaims } from "./threadClaims.ts"
import { ThreadFlow } from "./threadFlow.ts"
import { fromThread, type FromThread, type ToThread } from "./threadMessage.ts"
import type { ThreadData } from "./threadNode.ts"
import { insideExecutor } from "../insideExecutor.ts"
import { ThreadRunner } from "./threadRunner.ts"

// Before any task module is imported: one that starts a cluster of its own can be told not to.
Reflect.set(globalThis, insideExecutor, true)

if (parentPort === null) throw new Error("threadEntry is run by the thread executor, in a thread")
// Nobody listens to it; closed, it does not even carry what a task posts without end.
parentPort.close()

// Written by `nodeThread`, which alone starts this module.
const data = workerData as ThreadData
const { port, limits } = data
const claims = new ThreadClaims(data.claims)
const flow = new ThreadFlow(data.flow)
// Tasks see the same object, and shall find nothing of ours in it.
for (const name of Object.keys(data)) Reflect.deleteProperty(data, name)

const post = (message: FromThread, moved?: Array<ArrayBuffer>): void =>
  port.postMessage(message, moved)
const prints = new MemberPrints(limits)
const runner = new ThreadRunner({ claims, flow, limits, post, prints, lifeline: port })
port.on("message", (message: ToThread) => runner.receive(message))
post([fromThread.up])
