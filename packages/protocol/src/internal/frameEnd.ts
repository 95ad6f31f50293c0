/** How messages are cut into frames. */
import type { Limits } from "../Limits.ts"
import type { Message } from "../Message.ts"
import { bytesOf, longPart } from "./bytesOf.ts"
import { aloneBytesMin } from "./frameWriter.ts"

/** More messages than this leave in several frames, so that no frame grows without bound. */
export const messagesPerFrameMax = 4096

/** With as many bytes of payloads and texts as this a frame is full, if it has more than one message. */
const frameBytesAimed = 1_048_576

/** Where the frame that begins with the message at `from` ends. A long payload has a frame of its own. */
export const frameEnd = (
  messages: ReadonlyArray<Message>,
  from: number,
  { frameItemsMax, frameBytesMax }: Limits,
): number => {
  const count = Math.min(messages.length - from, messagesPerFrameMax, frameItemsMax)
  // Half, because what a peer takes is what we take, and the estimate is one.
  const bytesMax = Math.min(frameBytesAimed, frameBytesMax / 2)
  let bytes = 0
  for (let i = from; i < from + count; i++) {
    const message = messages[i]
    bytes += bytesOf(message)
    // It ends before this one, unless this one is its first.
    if (longPart(message) >= aloneBytesMin || bytes > bytesMax) return Math.max(i, from + 1)
  }
  return from + count
}
