/** Bugs of placement: who gets which task, and what it takes there. */
import type { Mutant } from "./mutants.ts"

const placement = "packages/scheduler/src/placement/Placement.ts"
const seat = "packages/scheduler/src/placement/Seat.ts"
const lane = "packages/scheduler/src/placement/Lane.ts"

export const ofPlacement: ReadonlyArray<Mutant> = [
  {
    name: "a scheduler in which a task that nobody can take holds up the others",
    file: placement,
    find: "if (seat === undefined) this.block(queue.lane)",
    replace: "if (seat === undefined) return",
    killedBy: {
      file: "placement",
      race: "a task that nobody can take holds up no other, and can be cancelled (R29, G4)",
      red: "G7",
    },
  },
  {
    name: "a scheduler that does not look at who waits when a worker has room again",
    file: placement,
    find: "worker.seat?.giveBack(needsOf(entry.task.capabilities))\n    if (worker.seat !== undefined) this.gain(worker.seat)",
    replace: "worker.seat?.giveBack(needsOf(entry.task.capabilities))",
    killedBy: {
      file: "placement",
      race: "a task with a higher priority goes before those that wait already",
      red: "G7",
    },
  },
  {
    name: "a scheduler that does not count what a task needs",
    file: seat,
    find: "this.taken.set(name, (this.taken.get(name) ?? 0) + quantity)",
    replace: "",
    killedBy: {
      file: "placement",
      race: "what a task needs is not free when it is asked to stop, but when it has stopped (R10, G6)",
      red: "never",
    },
  },
  {
    name: "a scheduler that takes what a task needed for free twice",
    file: seat,
    find: "(this.taken.get(name) ?? 0) - quantity",
    replace: "(this.taken.get(name) ?? 0) - 2 * quantity",
    killedBy: {
      file: "placement",
      race: "what a task needed is given back once, by a cancel, its confirm and a result together (R11, G6)",
      red: "always",
    },
  },
  {
    name: "a scheduler that never gets back what a task needed",
    file: seat,
    find: "Math.max(0, (this.taken.get(name) ?? 0) - quantity)",
    replace: "this.taken.get(name) ?? 0",
    killedBy: {
      file: "placement",
      race: "what has ended needs nothing any more, while others go on (G6, G7)",
      red: "stuck",
    },
  },
  {
    name: "a scheduler that gives out tasks in the order in which they came",
    file: lane,
    find: "if (share.priority !== other.share.priority) return share.priority > other.share.priority",
    replace: "",
    killedBy: {
      file: "placement",
      race: "a task with a higher priority goes before those that wait already",
      red: "always",
    },
  },
]
