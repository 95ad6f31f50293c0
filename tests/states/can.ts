/** How what can happen next is said. */
import type { Shells } from "./shells.ts"
import type { Budget, Config, World } from "./world.ts"

export interface Can {
  readonly world: World
  readonly config: Config
  /** Something that happens sooner or later. */
  readonly must: (label: string, run: Run) => void
  /** Something that may happen, or not. */
  readonly may: (label: string, run: Run) => void
  /** Something that may happen as often as its budget says. */
  readonly mayOnce: (what: keyof Budget, label: string, run: Run) => void
}

export type Run = (shells: Shells, world: World) => void
