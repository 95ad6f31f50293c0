/** What `--version` prints. Loads the protocol, which loads no Effect. */
import { Wire } from "@scaler-ts/protocol"
import { readFileSync } from "node:fs"

/** The version of this package and of the protocol it speaks. */
export const versionText = (): string => {
  const { version }: { version: string } = JSON.parse(
    readFileSync(new URL("../package.json", import.meta.url), "utf8"),
  )
  return `scaler-ts ${version} (protocol ${Wire.versionMajor}.${Wire.versionMinor})`
}
