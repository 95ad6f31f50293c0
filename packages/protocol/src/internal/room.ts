/**
 * Long payloads that a frame can be built around where they lie.
 *
 * A payload has to be in its frame, and copying it there would cost as much as encoding it. So one
 * that is long enough to matter is made with room in front and behind, for the rest of its frame.
 * The room belongs to the first frame; whoever needs a second one copies.
 */

/** From this length on a payload is worth a buffer of its own. */
export const roomyBytesMin = 4096

/** Enough for everything that stands before a payload, with a name of some 900 bytes. */
const headBytes = 1024
/** Enough for everything that stands behind one, but for many capabilities. */
const tailBytes = 256

/** Which buffers have room that nobody has used. By identity: no received bytes can look like one. */
const unused = new WeakSet<ArrayBuffer>()

/** Bytes of this length, with room around them. */
export const withRoom = (length: number): Uint8Array<ArrayBuffer> => {
  const buffer = new ArrayBuffer(headBytes + length + tailBytes)
  unused.add(buffer)
  return new Uint8Array(buffer, headBytes, length)
}

/** Takes over a payload whose whole buffer has been moved here from where `withRoom` made it. */
export const adoptRoom = (payload: Uint8Array): void => {
  const { buffer, byteOffset, byteLength } = payload
  if (!(buffer instanceof ArrayBuffer) || byteOffset !== headBytes) return
  if (buffer.byteLength === headBytes + byteLength + tailBytes) unused.add(buffer)
}

/** Writes `head` before and `tail` behind a payload, where it lies. `undefined`: there is no room. */
export const buildAround = (
  head: Uint8Array,
  payload: Uint8Array,
  tail: Uint8Array,
): Uint8Array | undefined => {
  const { buffer, byteOffset, byteLength } = payload
  if (head.length > headBytes || tail.length > tailBytes) return undefined
  if (!(buffer instanceof ArrayBuffer) || !unused.delete(buffer)) return undefined
  const frame = new Uint8Array(
    buffer,
    byteOffset - head.length,
    head.length + byteLength + tail.length,
  )
  frame.set(head)
  frame.set(tail, head.length + byteLength)
  return frame
}
