/** The bytes of a `TaskResult` as an outcome. */
import { type Limits, type Message, Values } from "@scaler-ts/protocol"
import * as Exit from "effect/Exit"
import { TaskFailed, TaskLost, type TaskRef, TaskTimedOut } from "../FutureError.ts"
import type { Failed, Lost, Succeeded } from "../Outcome.ts"

/** What a result comes to. */
export type Ended = Succeeded<unknown> | Failed | Lost

/** The result as the receipt of a cancel that it raced shows it. */
export const resultExit = (
  ended: Ended,
): Exit.Exit<unknown, TaskFailed | TaskTimedOut | TaskLost> =>
  ended._tag === "Succeeded" ? Exit.succeed(ended.value) : Exit.fail(ended.error)

/** What a result says. Never throws: bytes that cannot be decoded are a failure of the task. */
export const decodeResult = (ref: TaskRef, result: Message.TaskResult, limits: Limits): Ended => {
  const { attempt, worker } = result
  let value: unknown
  try {
    value = Values.decode(result.payload, limits)
  } catch (cause) {
    if (result.type === "failedWorkerDied") return lostWith(ref, result, undefined)
    // `decode` throws nothing but an `UndecodableValue`.
    const { message } = cause as Values.UndecodableValue
    const error = new TypeError(`its result cannot be decoded: ${message}`, { cause })
    return { _tag: "Failed", error: new TaskFailed(ref, attempt, worker, error) }
  }
  switch (result.type) {
    case "success":
      return { _tag: "Succeeded", value }
    case "failed":
      return { _tag: "Failed", error: new TaskFailed(ref, attempt, worker, value) }
    case "failedTimeout":
      return { _tag: "Failed", error: new TaskTimedOut(ref, attempt, worker, timeoutOf(value)) }
    case "failedWorkerDied":
      return lostWith(ref, result, value)
  }
}

const lostWith = (ref: TaskRef, { attempt, worker }: Message.TaskResult, said: unknown): Lost => {
  const detail = { attempts: attempt, ...death(said, worker) }
  return { _tag: "Lost", error: new TaskLost(ref, "workerDied", detail) }
}

// A payload may hold anything, whatever it should: what is no number or text is not made one, for
// that runs through all of it.
const timeoutOf = (said: unknown): number => (typeof said === "number" ? said : Number.NaN)

/** More workers than this no task can have been lost with. */
const workersMax = 1_000

/** What a scheduler or a worker says of a death: how it came, and who died. */
const death = (
  value: unknown,
  worker: string,
): { readonly why: string; readonly workers: ReadonlyArray<string> } => {
  const said = typeof value === "object" && value !== null ? value : {}
  const why = "reason" in said && typeof said.reason === "string" ? said.reason : "its worker died"
  const workers: ReadonlyArray<unknown> =
    "workers" in said && Array.isArray(said.workers) ? said.workers.slice(0, workersMax) : [worker]
  return { why, workers: workers.filter((name) => typeof name === "string") }
}
