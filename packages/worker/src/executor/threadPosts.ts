/** Packs the attempts of one turn into one message to a thread. */
import type { AnyTask } from "@scaler-ts/protocol/tasks"
import type { PoolEntry, PoolLine } from "./poolLine.ts"
import type { ThreadBody } from "./threadBody.ts"
import { inLarge, moveBytesMin, type RunMessage, toThread } from "./threadMessage.ts"

export class ThreadPosts {
  // By module and name, because a definition made anew by every dispatch is still the same task.
  private readonly modules = new Map<string, Map<string, number>>()
  private tasks = 0

  /** Posts what of the queue has not been posted yet, in order. */
  send(body: ThreadBody, queue: PoolLine): void {
    let entry = firstUnposted(queue)
    if (entry === undefined) return
    const newTasks: Array<string> = []
    const work: Array<number> = []
    const large: Array<Uint8Array<ArrayBuffer>> = []
    const small: Array<Uint8Array> = []
    const traceparents: Array<string> = []
    let packedBytes = 0
    let count = 0
    for (; entry !== undefined; entry = entry.next) {
      entry.isPosted = true
      // Already taken back; it stays in the queue only until its end has been reported.
      if (entry.early !== undefined) continue
      const { task, attempt, input, wantsOutput, traceparent } = entry.attempt
      if (traceparent !== "") {
        while (traceparents.length < count) traceparents.push("")
        traceparents.push(traceparent)
      }
      count++
      const isLarge = input.length >= moveBytesMin
      work.push(entry.seq, this.indexOf(task, newTasks), attempt, wantsOutput ? 1 : 0)
      work.push(isLarge ? inLarge : input.length)
      if (isLarge) {
        // A copy, because the input may be needed again: by another thread, or by whoever gave it.
        large.push(new Uint8Array(input))
      } else {
        small.push(input)
        packedBytes += input.length
      }
    }
    const all = packed(small, packedBytes)
    const message: RunMessage = [toThread.run, newTasks, work, all, large, traceparents]
    const moved = large.map((bytes) => bytes.buffer)
    if (packedBytes >= moveBytesMin) moved.push(all.buffer)
    body.post(message, moved)
  }

  private indexOf(task: AnyTask, newTasks: Array<string>): number {
    let names = this.modules.get(task.module)
    if (names === undefined) {
      names = new Map()
      this.modules.set(task.module, names)
    }
    let index = names.get(task.name)
    if (index === undefined) {
      index = this.tasks++
      names.set(task.name, index)
      newTasks.push(task.module, task.name)
    }
    return index
  }
}

const firstUnposted = (queue: PoolLine): PoolEntry | undefined => {
  let first: PoolEntry | undefined
  for (let entry = queue.last; entry !== undefined && !entry.isPosted; entry = entry.previous) {
    first = entry
  }
  return first
}

// One buffer for all, so that a view of a received frame never drags the whole frame along.
const packed = (inputs: ReadonlyArray<Uint8Array>, bytes: number): Uint8Array<ArrayBuffer> => {
  const all = new Uint8Array(bytes)
  let at = 0
  for (const input of inputs) {
    all.set(input, at)
    at += input.length
  }
  return all
}
