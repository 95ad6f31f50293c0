/**
 * A thread that is a Web Worker, whose end nobody is told of.
 *
 * A Web Worker has no exit event, and `terminate` returns at once whatever it is doing. But a lock that
 * it holds is its own for exactly as long as it is there: so it takes one before it says that it is up,
 * and who gets that lock after it has seen it end.
 */
import type { StartThread } from "./threadBody.ts"
import type { FromThread, ThreadShare } from "./threadMessage.ts"

/** What a Web Worker is sent first. */
export interface WebThreadData extends ThreadShare {
  /** The lock it holds for as long as it is there. */
  readonly lock: string
  /** Its end of a channel of the executor's own: its other one is every task's, too. */
  readonly port: MessagePort
}

export const webThread =
  (entry: URL): StartThread =>
  (share, listener) => {
    const lock = `scaler-ts task thread ${crypto.randomUUID()}`
    const { port1: port, port2 } = new MessageChannel()
    const worker = new Worker(entry, { type: "module", name: "scaler-ts task thread" })
    let died: string | undefined
    let isAwaited = false
    const awaitEnd = (): void => {
      if (isAwaited) return
      isAwaited = true
      void navigator.locks.request(lock, () => {
        // What it had posted before may still wait for its turn.
        setTimeout(() => {
          port.close()
          listener.exited("ended itself", died)
        })
      })
    }
    port.addEventListener("message", ({ data }: MessageEvent<FromThread>) => {
      // Its first message says that it is up, and it holds its lock since before that.
      awaitEnd()
      listener.message(data)
    })
    port.start()
    worker.addEventListener("error", (event) => {
      event.preventDefault()
      died = event.message
      worker.terminate()
      awaitEnd()
    })
    const data: WebThreadData = { ...share, lock, port: port2 }
    worker.postMessage(data, [port2])
    return {
      post: (message, moved) => port.postMessage(message, [...moved]),
      // A Web Worker keeps its process alive until it is terminated.
      ref: () => {},
      unref: () => {},
      terminate: () => {
        worker.terminate()
        awaitEnd()
      },
    }
  }
