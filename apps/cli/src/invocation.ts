/** A command that was called: where it writes, and how things are set. */
import type { Output } from "./output.ts"
import type { Resolver } from "./settings/resolve.ts"

export interface Invocation {
  readonly out: Output
  readonly settings: Resolver
  readonly cwd: string
}
