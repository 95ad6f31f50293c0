/** What `--version` prints. Loads next to nothing. */
import { versionMajor, versionMinor } from "@scaler-ts/protocol/version"
import { readFileSync } from "node:fs"

/** The version of this package and of the protocol it speaks. */
export const versionText = (): string => {
  const { version }: { version: string } = JSON.parse(
    readFileSync(new URL("../package.json", import.meta.url), "utf8"),
  )
  return `scaler-ts ${version} (protocol ${versionMajor}.${versionMinor})`
}
