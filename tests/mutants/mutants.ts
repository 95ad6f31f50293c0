/** Small bugs of the machines and shells, and for each the race that finds it. */
import { ofAttach } from "./attach.ts"
import { ofClient } from "./client.ts"
import { ofCredit } from "./credit.ts"
import { ofNested } from "./nested.ts"
import { ofOperator } from "./operator.ts"
import { ofOutput } from "./output.ts"
import type { Patch } from "./patch.ts"
import { ofPlacement } from "./placement.ts"
import { ofRestart } from "./restart.ts"
import { ofSchedulerHeld } from "./schedulerHeld.ts"
import { ofSchedulerMachine } from "./schedulerMachine.ts"
import { ofSchedulerShell } from "./schedulerShell.ts"
import { ofSession } from "./session.ts"
import { ofSilence } from "./silence.ts"
import { ofWorker } from "./worker.ts"
import { ofWorkerShell } from "./workerShell.ts"
import { ofWorkerTables } from "./workerTables.ts"

/** A bug as a patch. */
export interface Mutant extends Patch {
  readonly name: string
  /** The cell of a table of docs/semantics.md that it gets wrong: table, column, event. A bug of a shell has none. */
  readonly cell?: readonly [table: string, column: string, event: string]
  readonly killedBy: Killer
}

export interface Killer {
  /** One of tests/races, without its `.race.ts`. */
  readonly file: string
  readonly race: string
  /** What turns red: a guarantee, or a check of the race itself. */
  readonly red: string
}

export const mutants: ReadonlyArray<Mutant> = [
  ...ofClient,
  ...ofSchedulerMachine,
  ...ofSchedulerHeld,
  ...ofSchedulerShell,
  ...ofPlacement,
  ...ofSession,
  ...ofWorker,
  ...ofWorkerShell,
  ...ofWorkerTables,
  ...ofSilence,
  ...ofOutput,
  ...ofCredit,
  ...ofOperator,
  ...ofNested,
  ...ofAttach,
  ...ofRestart,
]
