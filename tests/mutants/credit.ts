/** Bugs of how clients wait for credit, and of how it is given. */
import type { Mutant } from "./mutants.ts"

const line = "packages/future/src/internal/SubmitLine.ts"
const waiting = "packages/future/src/internal/waiting.ts"
const tables = "packages/scheduler/src/Tables.ts"
const credits = "packages/protocol/src/Credits.ts"

const by = (race: string, red: string): Mutant["killedBy"] => ({ file: "credit", race, red })

const cancel = "a cancel does not wait behind what waits (R48, G4, G8)"
const all = "cancelAll stops what was sent and takes back what waits (R48, G2, G7)"
const leaving = "a client that leaves has nobody wait, and nothing is sent any more (R48, G7, G8)"
const lost = "a client whose connection is gone for good has nobody wait (R48, R45, G8)"
const again =
  "no credit is lost or doubled where the client's connection breaks and is made anew (R48, R33, G7)"
const shared = "room that all clients share is given to whoever waits for it (R48, G7)"

export const ofCredit: ReadonlyArray<Mutant> = [
  {
    name: "a client that asks the scheduler to stop what it has not sent",
    file: line,
    find: "return this.withdraw(message.task)",
    replace: "return this.size < 0 && this.withdraw(message.task)",
    killedBy: by(all, "G2"),
  },
  {
    name: "a client that sends nothing of what waits when it may",
    file: line,
    find: "      const next = this.waiting.shift()\n",
    replace: "      const next = this.waiting.size > 1 ? this.waiting.shift() : undefined\n",
    killedBy: by(cancel, "G7"),
  },
  {
    name: "a client that leaves and says of what it took back that it was submitted",
    file: waiting,
    find: "const error = isSent ? undefined : shell.refusal(task)",
    replace: "const error = isSent ? shell.refusal(task) : undefined",
    killedBy: by(leaving, "always"),
  },
  {
    name: "a client that lets wait on a connection that is gone",
    file: "packages/future/src/internal/ClientLife.ts",
    find: "    table.output.clear()\n    table.line.clear()\n",
    replace: "    table.output.clear()\n",
    killedBy: by(lost, "stuck"),
  },
  {
    name: "a scheduler that never gives back what a task took",
    file: tables,
    find: "    this.clients.giveBack(entry)\n",
    replace: "",
    killedBy: by(again, "G7"),
  },
  {
    name: "a scheduler that forgets who waited while there was no room",
    file: credits,
    find: "if (!Credit.maySpend(room)) return\n",
    replace: "if (!Credit.maySpend(room)) return this.listed.clear()\n",
    killedBy: by(shared, "G7"),
  },
]
