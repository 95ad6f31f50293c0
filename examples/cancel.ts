/** Cancels a task that never ends and never listens, and shows what the receipt proves. */
import type { Receipt } from "@scaler-ts/future/promise"
import * as Local from "@scaler-ts/local"
import { tasks } from "./tasks/compress.ts"

/** How long a task that was asked to stop may take before its thread is ended. */
const graceMs = 250

const inWords = (receipt: Receipt<unknown>): string => {
  if (receipt._tag === "Stopped" && receipt.how === "killed") {
    return "its thread was ended, and has been seen to end. The code is not running anywhere."
  }
  return receipt.cancelled ? "it has been stopped." : "nobody could confirm that it has stopped."
}

await using cluster = await Local.start({ tasks, slots: 1, graceMs })
let onLog: (line: string) => void = () => {}
const line = new Promise<string>((resolve) => {
  onLog = resolve
})
const future = cluster.submit(tasks.forever, undefined, { onLog: (text) => onLog(text) })
console.log(`Task ${future.number} says: "${await line}"`)
console.log(`It is ${future.state}. Cancelling it …`)

const beganMs = performance.now()
const receipt = await future.cancel()
const tookMs = Math.round(performance.now() - beganMs)
console.log(
  `After ${tookMs} ms, ${graceMs} of them its grace period, the receipt: ${inWords(receipt)}`,
)
console.log(receipt)
