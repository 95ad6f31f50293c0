/**
 * Marks: what a process writes between what is printed, to say where in it something else belongs.
 *
 * What is printed comes by two streams that anybody in the process can write to, and child processes
 * too. What is said by frames comes by a third. So before a frame that has its place among what is
 * printed a process writes a mark into both streams, and the frame is carried out when the main side
 * has come to both.
 */
import { randomFillSync } from "node:crypto"

const markBytes = 16

/** No UTF-8 has this byte, so a piece of text never looks like the beginning of a mark. */
const firstByte = 0xff

/** A mark that nobody prints by chance. */
export const makeMark = (): Buffer => {
  const mark = randomFillSync(Buffer.alloc(markBytes))
  mark[0] = firstByte
  return mark
}

/** How many bytes at the end of `bytes` may be the beginning of a mark whose rest is still to come. */
export const begunMark = (bytes: Buffer, mark: Buffer): number => {
  const tail = bytes.subarray(-(mark.length - 1))
  for (let at = tail.indexOf(firstByte); at >= 0; at = tail.indexOf(firstByte, at + 1)) {
    const begun = tail.subarray(at)
    if (begun.equals(mark.subarray(0, begun.length))) return begun.length
  }
  return 0
}
