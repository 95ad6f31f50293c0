/** The end of a future as whoever looks sees it. */
import type { ClientTask, Message } from "@scaler-ts/protocol"
import { TaskLost } from "../FutureError.ts"
import type { Outcome } from "../Outcome.ts"
import type { Ended } from "./decodeResult.ts"
import type { FutureEntry } from "./FutureEntry.ts"

/** `lostReason`: why the connection is gone, if it is. */
export const outcomeOf = (
  entry: FutureEntry,
  { end, lost = "connectionLost", refusal, detached }: ClientTask.EndCommand,
  result: Ended | undefined,
  lostReason: string,
): Outcome<unknown> => {
  if (end === "cancelled") return { _tag: "Cancelled", receipt: entry.receipt }
  if (result !== undefined) return result
  const why = refusal === undefined ? lostReason : refusalSentence(entry, refusal)
  // What has never been sent goes on nowhere.
  const goesOn = detached === true && !entry.table.line.isWaiting(entry.number)
  const id = goesOn || lost === "detached" ? entry.id : undefined
  return { _tag: "Lost", error: new TaskLost(entry, lost, { attempts: 0, workers: [], why, id }) }
}

const refusalSentence = (
  { id, task }: FutureEntry,
  { type, name }: Message.TaskAttachRefused,
): string => {
  switch (type) {
    case "notFound":
      return (
        `the scheduler knows no task ${id}; there was none, or it has ended and was forgotten, ` +
        "or the scheduler was started anew since"
      )
    case "ended":
      return `${id} has ended, and how is not kept; it was not detached, or its end was forgotten`
    case "otherName":
      return `${id} is a task "${name}" and no "${task}"; attach to it by its own definition`
    case "tooMany":
      return (
        `this client has attached to as many unfinished tasks as the scheduler allows (clientTasksMax); ` +
        "wait for some before you attach to more, or give the scheduler a larger one"
      )
  }
}
