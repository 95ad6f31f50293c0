/** Bugs of what a worker's tables keep of an attempt. */
import type { Mutant } from "./mutants.ts"

const tables = "packages/worker/src/Tables.ts"

export const ofWorkerTables: ReadonlyArray<Mutant> = [
  {
    name: "a worker that does not notice when it asks a task to stop",
    file: tables,
    find: "entry.askedAtMs = this.outlet.nowMs()",
    replace: "",
    killedBy: {
      file: "cancel",
      race: "a task's own grace period decides when it is killed, and the receipt says how long that took (R35, G2)",
      red: "always",
    },
  },
  {
    name: "a worker that gives every task as long to stop as any other",
    file: tables,
    find: "this.find(message, message)",
    replace: "this.find(message, { ...message, graceMs: undefined })",
    killedBy: {
      file: "cancel",
      race: "a task's own grace period decides when it is killed, and the receipt says how long that took (R35, G2)",
      red: "always",
    },
  },
]
