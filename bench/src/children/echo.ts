/** A thread that adds one to whatever it is sent. */
import { parentPort } from "node:worker_threads"

if (parentPort === null) throw new Error("echo is run in a thread")
const port = parentPort
port.on("message", (x: number) => port.postMessage(x + 1))
