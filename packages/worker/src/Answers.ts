/** What a worker tells its scheduler of the ends of attempts. */
import { type Message, Values } from "@scaler-ts/protocol"
import type { Context } from "./entries.ts"

const nothing = new Uint8Array(0)

type Which = Pick<Message.Task, "task" | "attempt">

export class Answers {
  private readonly worker: string
  private readonly send: (message: Message.TaskResult | Message.TaskCancelConfirm) => void

  constructor(worker: string, send: Answers["send"]) {
    this.worker = worker
    this.send = send
  }

  /** What came with the end is the result; without a payload an empty one. */
  ended(which: Which, type: Message.TaskResult["type"], { payload, runMs = 0 }: Context): void {
    this.result(which, { type, payload: payload?.() ?? nothing, runMs })
  }

  result(
    { task, attempt }: Which,
    what: Pick<Message.TaskResult, "type" | "payload" | "runMs">,
  ): void {
    this.send({ _tag: "TaskResult", task, attempt, worker: this.worker, ...what })
  }

  /** `sinceMs`: how long ago it was asked to stop. */
  confirm(
    { task, attempt }: Which,
    { type, how }: Pick<Message.TaskCancelConfirm, "type" | "how">,
    sinceMs: number,
  ): void {
    const stopMs = how === "cooperative" || how === "killed" ? sinceMs : 0
    const worker = this.worker
    this.send({ _tag: "TaskCancelConfirm", task, attempt, worker, type, how, stopMs })
  }

  neverStarted(which: Which): void {
    this.confirm(which, { type: "canceled", how: "neverStarted" }, 0)
  }

  /** A task nobody here has a function for fails at once; it never takes a slot. */
  unknownTask(message: Message.Task, tasks: Iterable<string>): void {
    const known = Array.from(tasks, (name) => `"${name}"`).join(", ")
    const error = new Error(
      `worker "${this.worker}" has no task named ${JSON.stringify(message.name.slice(0, 200))}; ` +
        `it has ${known || "none"}. Start a worker with the module that defines it.`,
    )
    error.name = "UnknownTask"
    this.result(message, { type: "failed", payload: Values.encode(error), runMs: 0 })
  }
}
