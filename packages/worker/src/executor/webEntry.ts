/** What a Web Worker of the executor runs: the module the pool starts it with. */
import { insideExecutor } from "../insideExecutor.ts"
import { ThreadClaims } from "./threadClaims.ts"
import { ThreadFlow } from "./threadFlow.ts"
import { type FromThread, fromThread, type ToThread } from "./threadMessage.ts"
import { ThreadRunner } from "./threadRunner.ts"
import type { WebThreadData } from "./webThread.ts"

// Before any task module is imported: one that starts a cluster of its own can be told not to.
Reflect.set(globalThis, insideExecutor, true)

const begin = ({ port, lock, limits, ...shared }: WebThreadData): void => {
  const claims = new ThreadClaims(shared.claims)
  const flow = new ThreadFlow(shared.flow)
  const post = (message: FromThread, moved: Array<ArrayBuffer> = []): void =>
    port.postMessage(message, moved)
  const runner = new ThreadRunner({ claims, flow, limits, post })
  port.addEventListener("message", ({ data }: MessageEvent<ToThread>) => runner.receive(data))
  port.start()
  void navigator.locks.request(lock, () => {
    post([fromThread.up])
    // Held until this worker is gone, which is what it says.
    return new Promise(() => {})
  })
}

addEventListener("message", ({ data }: MessageEvent<WebThreadData>) => begin(data), { once: true })
