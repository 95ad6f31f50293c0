/** Bugs of how a worker comes back whose session is gone. */
import type { Mutant } from "./mutants.ts"

const shell = "packages/worker/src/WorkerShell.ts"
const rejoin = (red: string, race: string): Mutant["killedBy"] => ({ file: "rejoin", red, race })

const returns = "a worker that was declared lost says hello only when it holds nothing (R46, G6)"
const deaf = "a worker that cannot stop what it runs does not come back before that ends (R46, G6)"

export const ofWorkerShell: ReadonlyArray<Mutant> = [
  {
    name: "a worker that says hello again as if it ran nothing",
    file: shell,
    find: "this.isWitness = holds.length > 0",
    replace: "this.isWitness = holds.length < 0",
    killedBy: rejoin("G6", deaf),
  },
  {
    name: "a worker that waits for ever once its session is gone",
    file: shell,
    find: 'if (this.life === "apart" && this.tables.size === 0) return this.rejoining.tryAgain()',
    replace: "",
    killedBy: {
      file: "restart",
      race: "what has to be killed is run again when it has been (R52, G9)",
      red: "always",
    },
  },
  {
    name: "a worker that does not come back once its session is gone",
    file: shell,
    find: "if (mayComeBack) this.rejoining.tryAgain()",
    replace: "if (mayComeBack) this.lostReason = reason",
    killedBy: rejoin("always", returns),
  },
  {
    name: "a worker that goes on with what it runs when its session is gone",
    file: shell,
    find: "    this.tables.sessionGone()\n    if (mayComeBack)",
    replace: "    if (mayComeBack)",
    killedBy: rejoin(
      "always",
      "a scheduler that starts again finds its workers, and they hold nothing of before (R46, G7)",
    ),
  },
]
