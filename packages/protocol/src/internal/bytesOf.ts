/** How long messages are as bytes, roughly, without encoding them. */
import type { Message } from "../Message.ts"

/** How long a message is, in bytes at most. */
export const bytesOf = (message: Message | undefined): number =>
  longPart(message) + namesIn(message) + shortPartBytes

/** What messages in a frame of so many bytes come to, counted as `bytesOf` counts them. */
export const bytesAtMost = (frameBytes: number, messages: number): number =>
  utf8BytesMax * frameBytes + shortPartBytes * messages

/** The length of the names in a message, which are short unless somebody wants to do harm. */
const namesIn = (message: Message | undefined): number => {
  switch (message?._tag) {
    case "Task":
      return utf8BytesMax * message.traceparent.length + lengthsOf(message.capabilities)
    case "TaskStarted":
    case "TaskResult":
    case "TaskCancelConfirm":
      return utf8BytesMax * message.worker.length
    case "ProtocolError":
      return utf8BytesMax * message.reason.length
    case "TaskTold":
      return utf8BytesMax * (message.id.length + message.worker.length)
    case "WorkerTold": {
      const { worker, tasks, capabilities } = message
      return utf8BytesMax * worker.length + lengthsOfAll(tasks) + lengthsOf(capabilities)
    }
    case "WaitingTold":
      return lengthsOfAll(message.lacking) + lengthsOf(message.capabilities)
    case "StatusTold": {
      const { tasks, oldestMs, ended, heard, ignored } = message
      const maps = [tasks, oldestMs, ended, heard, ignored]
      return maps.reduce((sum, map) => sum + lengthsOf(map), 0)
    }
    default:
      return 0
  }
}

const lengthsOfAll = (names: ReadonlyArray<string>): number =>
  names.reduce((sum, { length }) => sum + utf8BytesMax * length + quantityBytes, 0)

const lengthsOf = (quantities: Readonly<Record<string, number>>): number => {
  let bytes = 0
  for (const name in quantities) bytes += utf8BytesMax * name.length + quantityBytes
  return bytes
}

/** What a number takes at most. */
const quantityBytes = 9

/** The length of what can be long in a message, in bytes at most. */
export const longPart = (message: Message | undefined): number => {
  switch (message?._tag) {
    case "Task":
      return message.input.length + utf8BytesMax * message.name.length
    case "TaskResult":
      return message.payload.length
    case "TaskLog":
      return utf8BytesMax * message.line.length
    case "TaskTold":
    case "WaitingTold":
      return utf8BytesMax * message.name.length
    default:
      return 0
  }
}

/** What a character of a text takes at most. */
const utf8BytesMax = 3

/** More than what is not long in a message takes. */
const shortPartBytes = 80
