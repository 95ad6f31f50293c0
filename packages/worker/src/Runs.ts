/** Spans of what a worker runs: each from the start of an attempt to its end. */
import { Traceparent, type WorkerAttempt } from "@scaler-ts/protocol"
import type { Tracing } from "@scaler-ts/runtime"
import type { Entry } from "./entries.ts"

export class Runs {
  private readonly worker: string
  private readonly tracing: Tracing.Tracing | undefined

  constructor(worker: string, tracing: Tracing.Tracing | undefined) {
    this.worker = worker
    this.tracing = tracing
  }

  /** An attempt comes to its executor. The `traceparent` that its function is handed; empty for none. */
  begin(entry: Entry, task: string): string {
    const parent = entry.traceparent === "" ? undefined : Traceparent.parse(entry.traceparent)
    if (parent === undefined) return ""
    if (this.tracing === undefined) return entry.traceparent
    entry.span = this.tracing.begin({
      name: "scaler.run",
      kind: "server",
      parent,
      attributes: {
        "scaler.task.name": task,
        "scaler.task.attempt": entry.attempt,
        "scaler.worker": this.worker,
      },
    })
    entry.traceparent = Traceparent.format(entry.span)
    return entry.traceparent
  }

  /** An attempt that has a span has come into its state by these commands. */
  saw(entry: Entry, commands: ReadonlyArray<WorkerAttempt.Command>, ok: boolean): void {
    const { span, state } = entry
    if (span === undefined || this.tracing === undefined) return
    let end: string = "stopped"
    for (const command of commands) {
      switch (command._tag) {
        case "SendStarted":
          // It may have waited here for its slot.
          this.tracing.restart(span)
          break
        case "Interrupt":
          this.tracing.event(span, "scaler.stop.requested")
          break
        case "Kill":
          this.tracing.event(span, "scaler.kill")
          break
        case "SendResult":
          end = ok ? "succeeded" : "failed"
          break
        case "SendDied":
          end = "died"
          break
        case "Confirm":
          if (command.type === "canceled") end = command.how
          else this.tracing.event(span, "scaler.stop.refused")
          break
        default:
      }
    }
    if (state._tag !== "absent") return
    entry.span = undefined
    // What has never run has no span.
    if (end !== "neverStarted") this.tracing.end(span, endingOf(end), { "scaler.run.end": end })
  }
}

const endingOf = (end: string): Tracing.Ending => {
  if (end === "succeeded") return "done"
  return end === "failed" || end === "died" ? { error: `the task ${end}` } : "stopped"
}
