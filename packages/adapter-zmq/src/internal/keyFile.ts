/** Files of keys, and what is said of those that cannot be used. */
import { closeSync, openSync, readFileSync } from "node:fs"
import { KeyFileFailed } from "../KeyFileFailed.ts"

/** The text of a file. `check` sees the file that is read, and not what comes in its place. */
export const readText = (file: string, check: (descriptor: number) => void = () => {}): string => {
  let descriptor: number
  try {
    descriptor = openSync(file, "r")
  } catch (error) {
    throw failed(file, error)
  }
  try {
    check(descriptor)
    return readFileSync(descriptor, "utf8")
  } catch (error) {
    throw failed(file, error)
  } finally {
    closeSync(descriptor)
  }
}

export const failed = (file: string, error: unknown): KeyFileFailed => {
  if (error instanceof KeyFileFailed) return error
  const code = error instanceof Error && "code" in error ? error.code : undefined
  if (code === "ENOENT") return new KeyFileFailed(file, "there is no such file; check the path")
  if (code === "EACCES") return new KeyFileFailed(file, "it is not ours to use; check whose it is")
  if (code === "EEXIST") {
    return new KeyFileFailed(
      file,
      "there is such a file already; give another name, or remove it if nobody needs it",
    )
  }
  return new KeyFileFailed(file, error instanceof Error ? error.message : String(error))
}
