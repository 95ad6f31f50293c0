/** The frames that version 1 wrote: a file per kind of message, never written by a program that tests; and those that say what 1.1, 1.2 and 1.3 added. */
import { existsSync, readFileSync } from "node:fs"
import { type Direction, toClient, toOperator, toScheduler, toWorker } from "../src/Wire.ts"
import type { Message } from "../src/Message.ts"
import { samples, samplesOf11, samplesOf12, samplesOf13 } from "./samples.ts"

export const goldenSequence = 7
export const goldenAcknowledged = 300

/** The bytes of the golden frame that holds the sample of a kind. */
export const golden = (tag: string): Uint8Array => bytesIn("Wire.golden", tag)

/** The same of version 1.1. */
export const goldenOf11 = (tag: string): Uint8Array => bytesIn("Wire.golden.1.1", tag)

/** The same of version 1.2. */
export const goldenOf12 = (tag: string): Uint8Array => bytesIn("Wire.golden.1.2", tag)

/** The same of version 1.3. */
export const goldenOf13 = (tag: string): Uint8Array => bytesIn("Wire.golden.1.3", tag)

const bytesIn = (directory: string, tag: string): Uint8Array => {
  const file = new URL(`./${directory}/${tag}.hex`, import.meta.url)
  if (!existsSync(file)) {
    throw new Error(
      `${directory}/${tag}.hex is missing. A new kind needs one, written by hand once: the bytes of ` +
        "the frame with its sample, in hexadecimal. A file that was there must come back unchanged.",
    )
  }
  return Uint8Array.from(Buffer.from(readFileSync(file, "utf8").replaceAll(/\s/g, ""), "hex"))
}

export const goldenTags: ReadonlyArray<keyof typeof samples> = Object.keys(
  samples,
) as ReadonlyArray<keyof typeof samples>

export const goldenTagsOf11: ReadonlyArray<keyof typeof samplesOf11> = Object.keys(
  samplesOf11,
) as ReadonlyArray<keyof typeof samplesOf11>

export const goldenTagsOf12: ReadonlyArray<keyof typeof samplesOf12> = Object.keys(
  samplesOf12,
) as ReadonlyArray<keyof typeof samplesOf12>

export const goldenTagsOf13: ReadonlyArray<keyof typeof samplesOf13> = Object.keys(
  samplesOf13,
) as ReadonlyArray<keyof typeof samplesOf13>

/** The four sides that hear messages; what each may hear is for the tests to find out. */
// A `Direction` is read only, but the compiler cannot see that a side's tags are among all tags.
export const sides = [toScheduler, toClient, toWorker, toOperator] as unknown as ReadonlyArray<
  Direction<Message>
>

/** A side that may hear a kind of message. */
export const hearerOf = (tag: string): Direction<Message> => {
  const hearer = sides.find(({ tags }) => Object.hasOwn(tags, tag))
  if (hearer === undefined) throw new Error(`nobody may hear ${tag}`)
  return hearer
}
