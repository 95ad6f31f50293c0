/** Where the page about a failing race is written to. */
import { mkdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { htmlOf } from "../report/html.ts"
import type { Violated } from "../Verdict.ts"

/** A file's name may have 255 bytes, and characters of a race's name up to four each. */
const slugMax = 40
const tokenMax = 80

/** Writes the page, and says where it is; or why it is not, which is no reason for a race to fail in another way. */
export const writeReport = async (
  folder: string,
  name: string,
  verdict: Violated,
): Promise<string> => {
  const file = join(folder, reportName(name, verdict.token))
  try {
    await mkdir(folder, { recursive: true })
    await writeFile(file, htmlOf(name, verdict))
    return `as a page: ${file}`
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return `as a page: could not be written (${why})`
  }
}

/** A file name that is one on every system, and the same for the same schedule of the same race. */
export const reportName = (name: string, token: string): string => {
  const words = name
    .toWellFormed()
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu) ?? ["race"]
  const slug = Array.from(words.join("-")).slice(0, slugMax).join("")
  return `${[slug, ...(token === "" ? [] : [token.slice(0, tokenMax)])].join("-")}.html`
}
