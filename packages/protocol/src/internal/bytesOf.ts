/** How long messages are as bytes, roughly, without encoding them. */
import type { Message } from "../Message.ts"

/** How long a message is, in bytes at most. */
export const bytesOf = (message: Message | undefined): number => longPart(message) + shortPartBytes

/** The length of what can be long in a message, in bytes at most. */
export const longPart = (message: Message | undefined): number => {
  switch (message?._tag) {
    case "Task":
      return message.input.length + utf8BytesMax * message.name.length
    case "TaskResult":
      return message.payload.length
    case "TaskLog":
      return utf8BytesMax * message.line.length
    default:
      return 0
  }
}

/** What a character of a text takes at most. */
const utf8BytesMax = 3

/** More than what is not long in a message takes. */
const shortPartBytes = 64
