/** Which files a command line means. */
import { statSync } from "node:fs"
import { resolve } from "node:path"
import { glob, isDynamicPattern } from "tinyglobby"
import { CommandError } from "./CommandError.ts"

/**
 * The files that paths and patterns name: absolute, sorted, each once.
 *
 * A path that exists is taken as it is, even with brackets in it: the shell may have expanded a
 * pattern. Fails when one of them names nothing, since a slip would otherwise go unnoticed.
 */
export const expandFiles = async (
  patterns: ReadonlyArray<string>,
  cwd: string,
): Promise<ReadonlyArray<string>> => {
  const files = new Set<string>()
  for (const pattern of patterns) {
    const path = resolve(cwd, pattern)
    const stat = statSync(path, { throwIfNoEntry: false })
    if (stat?.isDirectory() === true) {
      throw new CommandError(
        `${pattern} is a directory; write '${join(pattern)}' for the files in it.`,
      )
    }
    if (stat !== undefined) files.add(path)
    else for (const file of await matches(pattern, cwd)) files.add(file)
  }
  return [...files].toSorted()
}

const join = (directory: string): string => `${directory.replace(/\/+$/, "")}/**/*`

const matches = async (pattern: string, cwd: string): Promise<ReadonlyArray<string>> => {
  if (!isDynamicPattern(pattern)) {
    throw new CommandError(`There is no file ${pattern} in ${cwd}; check the path.`)
  }
  const found = await glob(pattern, {
    cwd,
    absolute: true,
    onlyFiles: true,
    expandDirectories: false,
  })
  if (found.length === 0) {
    throw new CommandError(
      `No file matches '${pattern}' in ${cwd}; check the pattern (it takes *, **, ? and {a,b}, and skips files whose name begins with a dot).`,
    )
  }
  return found
}
