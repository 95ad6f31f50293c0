/** Bugs of the tables and the shell of the scheduler. */
import type { Mutant } from "./mutants.ts"

const tables = "packages/scheduler/src/Tables.ts"
const connection = "packages/scheduler/src/Connection.ts"
const placement = "packages/scheduler/src/placement/Placement.ts"
const seat = "packages/scheduler/src/placement/Seat.ts"
const messages = "packages/scheduler/src/taskMessages.ts"

export const ofSchedulerShell: ReadonlyArray<Mutant> = [
  {
    name: "a scheduler that takes nothing back for a worker that idles",
    file: placement,
    find: "return this.balance.recallFor(recall)",
    replace: "return",
    killedBy: {
      file: "balance",
      race: "what waits behind a task that never ends is run by a worker that has nothing to do (R30, G6, G7)",
      red: "stuck",
    },
  },
  {
    name: "a scheduler that forgets how a task was stopped",
    file: "packages/scheduler/src/Ownership.ts",
    find: "else if (confirm !== undefined) client.tombstones.add(task, confirm)",
    replace: "",
    killedBy: {
      file: "unconfirmed",
      race: "a cancel asked again after its bound is sent again, with a bound of its own (R17, R42, G8)",
      red: "always",
    },
  },
  {
    name: "a scheduler that keeps to itself how long a task may take to stop",
    file: messages,
    find: "graceMs: task.graceMs",
    replace: "graceMs: undefined",
    killedBy: {
      file: "cancel",
      race: "a task's own grace period decides when it is killed, and the receipt says how long that took (R35, G2)",
      red: "always",
    },
  },
  {
    name: "a scheduler that does not count what it gives a worker",
    file: placement,
    find: "worker.places.take(entry.depth) // G6",
    replace: "",
    killedBy: {
      file: "slots",
      race: "a slot is freed once by a cancel, its confirm and a result together (R11, G6)",
      red: "always",
    },
  },
  {
    name: "a scheduler that counts a slot as free twice",
    file: placement,
    find: "worker.held = worker.places.takenFor(0)\n    entry.holder = undefined",
    replace:
      "worker.places.free(entry.depth, false)\n    worker.held = worker.places.takenFor(0)\n    entry.holder = undefined",
    killedBy: {
      file: "slots",
      race: "a slot is freed once by a cancel, its confirm and a result together (R11, G6)",
      red: "always",
    },
  },
  {
    name: "a scheduler that keeps the tasks of a worker that is gone",
    file: tables,
    find: 'this.apply(entry, { _tag: "WorkerLost", worker: name })',
    replace: "",
    killedBy: {
      file: "lost",
      race: "a task cut off from its scheduler runs anew elsewhere and ends once (R6, G1, G9)",
      red: "G7",
    },
  },
  {
    name: "a scheduler that keeps the timeout of a task that has ended",
    file: tables,
    find: "entry.stopTimeout?.()",
    replace: "",
    killedBy: {
      file: "rest",
      race: "the timeout of a task that has ended does not go off (G7)",
      red: "always",
    },
  },
  {
    name: "a scheduler that gives tasks to a worker that is leaving",
    file: seat,
    find: "if (draining || away) return 0",
    replace: "",
    killedBy: {
      file: "rest",
      race: "a task goes to no worker that is leaving, so it needs one attempt (G9)",
      red: "body",
    },
  },
  {
    name: "a scheduler that gives a worker one task more than it holds",
    file: seat,
    find: "Math.max(0, slots + prefetch - held)",
    replace: "slots + prefetch - held + 1",
    killedBy: {
      file: "slots",
      race: "tasks behind a stuck one are run by whoever is free (G6)",
      red: "G6",
    },
  },
  {
    name: "a scheduler that does not notice that a worker was cut off",
    file: connection,
    find: ': move("ended", ...loss(state))',
    replace: ': move("ended")',
    killedBy: {
      file: "lost",
      race: "a worker that dies during a cancel is told as WorkerLost (R8, G4)",
      red: "always",
    },
  },
  {
    name: "a scheduler that waits for a worker that has said goodbye",
    file: connection,
    find: '? move("ended", { _tag: "LoseWorker" }, { _tag: "Close" })',
    replace: '? move("ended", { _tag: "Close" })',
    killedBy: {
      file: "rest",
      race: "a worker that is leaving leaves as soon as it holds nothing (G7, G8)",
      red: "always",
    },
  },
  {
    name: "a scheduler that does not name the workers a task was lost with",
    file: messages,
    find: "payload: Values.encode({ reason, workers: lostWorkers }),",
    replace: "payload: Values.encode({ reason, workers: [] }),",
    killedBy: {
      file: "lost",
      race: "a task that was lost with as many workers as it may is lost, and its error names them (R7)",
      red: "always",
    },
  },
]
