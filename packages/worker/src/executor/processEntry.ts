/** What a process of the process executor runs: the module the pool starts it with. */
import { Values } from "@scaler-ts/protocol"
import { writevSync } from "node:fs"
import { Socket } from "node:net"
import process from "node:process"
import { insideExecutor } from "../insideExecutor.ts"
import type { ProcessData } from "./processStart.ts"
import { bytesOf, FrameReader, fromProcess, type Head, headOf } from "./processFrames.ts"
import { ProcessFlow } from "./processFlow.ts"
import { ProcessRunner } from "./processRunner.ts"

const [inputFd, outputFd, creditFd] = [3, 4, 5]

// Before any task module is imported: one that starts a cluster of its own can be told not to.
Reflect.set(globalThis, insideExecutor, true)

// Made when they are first looked at, and from then on what seems to keep a process alive (`Leftovers`).
// Their making has turned the pipes into ones that refuse what they have no room for. `writeSync` and
// native code would lose it, so they are made to wait again.
for (const stream of [process.stdout, process.stderr]) {
  if ("unref" in stream) stream.unref()
  const handle: unknown = Reflect.get(stream, "_handle")
  if (handle instanceof Object && "setBlocking" in handle)
    Reflect.apply(handle.setBlocking as () => void, handle, [true])
}

// Written by `startProcess`. Tasks see the same list, and shall find nothing of ours in it.
const data = JSON.parse(process.argv.splice(2).join("")) as ProcessData

const nothing = new Uint8Array(0)

/**
 * Writes a frame before it returns. The pipe holds this process while it is full, which is what keeps a
 * task that never stops talking from burying the worker; and what has been written outlives the process.
 */
const write = (head: Head, body: Uint8Array = nothing): void => {
  const parts = [headOf(head, body.length), body]
  for (let [first, second] = parts; first !== undefined; [first, second] = parts) {
    let written = writevSync(outputFd, second === undefined ? [first] : [first, second])
    while (parts[0] !== undefined && written >= parts[0].length) {
      written -= parts[0].length
      parts.shift()
    }
    if (parts[0] !== undefined) parts[0] = parts[0].subarray(written)
  }
}
const input = new Socket({ fd: inputFd, writable: false })
const runner = new ProcessRunner(data, { flow: new ProcessFlow(creditFd), write, lifeline: input })
const reader = new FrameReader({
  bodyBytesMax: Infinity,
  room: (bytes) => new Uint8Array(bytes),
  onFrame: (head, body) => runner.receive(head, body),
})
input.on("data", (chunk: Uint8Array) => void reader.push(chunk))
// The worker has ended it, or is gone itself: nobody is left to work for.
input.on("close", () => process.exit(0))
process.on("uncaughtExceptionMonitor", (error: unknown) => {
  write({ kind: fromProcess.died, seq: 0, index: 0, value: 0 }, bytesOf(Values.shown(error)))
})
write({ kind: fromProcess.up, seq: 0, index: 0, value: 0 })
