/** The raw limit of threads: a message to a thread and one back, with nothing around it. */
import { type MessagePort, Worker } from "node:worker_threads"
import type { Launch } from "./harness.ts"

/** Threads that echo; unbatched, one message per task each way. */
export class EchoThreads {
  private readonly threads: ReadonlyArray<Worker>
  private readonly waiting: Array<Array<() => void>> = []
  private next = 0

  constructor(count: number) {
    const entry = new URL("./children/echo.ts", import.meta.url)
    this.threads = Array.from({ length: count }, (_, index) => {
      const thread = new Worker(entry)
      const line: Array<() => void> = []
      this.waiting[index] = line
      // One thread answers in order, so the oldest is meant.
      thread.on("message", () => line.shift()?.())
      return thread
    })
  }

  readonly launch: Launch = (done) => {
    const index = this.next++ % this.threads.length
    this.waiting[index]?.push(done)
    const port: Pick<MessagePort, "postMessage"> | undefined = this.threads[index]
    port?.postMessage(1)
  }

  async stop(): Promise<void> {
    await Promise.all(this.threads.map((thread) => thread.terminate()))
  }
}
