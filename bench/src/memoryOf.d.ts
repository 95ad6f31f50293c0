import type { readFileSync } from "node:fs"

/** Takes `readFileSync`; `ownMib` is what is shared with no other process, and NaN where nobody tells. */
export declare const memoryOf: (read: typeof readFileSync) => {
  readonly mib: number
  readonly ownMib: number
}
