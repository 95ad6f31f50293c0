/** Puts what a process has to know of an attempt into frames. */
import type { PoolEntry } from "./poolLine.ts"
import { bytesOf, type Head, taskBody, toProcess } from "./processFrames.ts"

export class ProcessPosts {
  // By module and name, because a definition made anew by every dispatch is still the same task.
  private readonly tasks = new Map<string, number>()

  /** Writes the frames of an attempt, the last of which runs it. */
  frames({ seq, attempt: one }: PoolEntry, write: (head: Head, body: Uint8Array) => void): void {
    const { task, attempt, input, wantsOutput, traceparent } = one
    const key = `${task.module}\n${task.name}`
    const known = this.tasks.get(key)
    const index = known ?? this.tasks.size
    if (known === undefined) {
      this.tasks.set(key, index)
      write({ kind: toProcess.task, seq, index, value: 0 }, taskBody(task.module, task.name))
    }
    if (traceparent !== "") {
      write({ kind: toProcess.trace, seq, index: 0, value: 0 }, bytesOf(traceparent))
    }
    const kind = wantsOutput ? toProcess.runListened : toProcess.run
    write({ kind, seq, index, value: attempt }, input)
  }
}
