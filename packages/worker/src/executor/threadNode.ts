/** A thread of Node's. */
import { Values } from "@scaler-ts/protocol"
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads"
import type { StartThread } from "./threadBody.ts"
import type { FromThread, ThreadShare } from "./threadMessage.ts"

/** What workerData holds for the thread's entry. */
export interface ThreadData extends ThreadShare {
  /**
   * The thread's end of a channel of the executor's own. `parentPort` is every task's too: what
   * comes by it could be anything, and what goes to it could be read and taken by anybody.
   */
  readonly port: MessagePort
}

export interface NodeThreadSettings {
  readonly heapMaxMb: number | undefined
  /** The module that a thread runs. */
  readonly entry: URL
}

export const nodeThread =
  (settings: NodeThreadSettings): StartThread =>
  (share, listener) => {
    const { port1: port, port2 } = new MessageChannel()
    let worker: Worker
    try {
      worker = startWorker(settings, { ...share, port: port2 })
    } catch (error) {
      port.close()
      throw error
    }
    let died: string | undefined
    port.on("message", listener.message)
    // The thread alone says whether the process has to live on.
    port.unref()
    worker.unref()
    worker.on("error", (error: unknown) => {
      died = Values.shown(error)
    })
    worker.on("exit", (code) => {
      // Everything it had posted has arrived by now, and may still wait for its turn.
      for (const message of receivedBy(port)) listener.message(message)
      port.close()
      listener.exited(`ended itself with exit code ${code}`, died)
    })
    return {
      post: (message, moved) => port.postMessage(message, [...moved]),
      ref: () => worker.ref(),
      unref: () => worker.unref(),
      // Settles with the exit event, which is what we listen to.
      terminate: () => void worker.terminate(),
    }
  }

const startWorker = ({ heapMaxMb, entry }: NodeThreadSettings, workerData: ThreadData): Worker =>
  // No `execArgv`: inherited, it carries the conditions and loaders of the process over.
  new Worker(entry, {
    name: "scaler-ts task thread",
    workerData,
    transferList: [workerData.port],
    ...(heapMaxMb === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: heapMaxMb } }),
  })

const receivedBy = function* (port: MessagePort): Generator<FromThread> {
  for (;;) {
    // Only `threadEntry` has the other end.
    const received: { readonly message: FromThread } | undefined = receiveMessageOnPort(port)
    if (received === undefined) return
    yield received.message
  }
}
