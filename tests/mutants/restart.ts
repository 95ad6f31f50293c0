/** Bugs of what is done when a scheduler is gone and another one answers. */
import type { Mutant } from "./mutants.ts"

const recovery = "packages/scheduler/src/Recovery.ts"
const line = "packages/future/src/internal/SubmitLine.ts"
const restart = (red: string, race: string): Mutant["killedBy"] => ({ file: "restart", red, race })

const deaf = "what does not stop is not run again as long as it runs (R52, G9)"
const killed = "what has to be killed is run again when it has been (R52, G9)"
const cancelled =
  "a cancel that meets the end of its scheduler is told no more than is known, and its task is not run again (R53, G2)"
const lateCancel =
  "a cancel of what was sent again is told that an attempt was lost, whether it runs or waits (R53, G2)"

export const ofRestart: ReadonlyArray<Mutant> = [
  {
    name: "a scheduler that starts at once what is sent again",
    file: recovery,
    find: "outlet.nowMs() + recoverMs",
    replace: "outlet.nowMs() - recoverMs",
    killedBy: restart("G9", deaf),
  },
  {
    name: "a scheduler that does not care what workers still hold",
    file: recovery,
    find: "if (names.length > 0) this.holds",
    replace: "if (names.length < 0) this.holds",
    killedBy: restart("G9", deaf),
  },
  {
    name: "a scheduler that says nothing of what waits for who may run it already",
    file: recovery,
    find: "    this.count(entry, 1)\n",
    replace: "",
    killedBy: restart("always", deaf),
  },
  {
    name: "a scheduler that waits for a worker that is gone",
    file: recovery,
    find: "if (this.holds.delete(worker)) this.look()",
    replace: "if (this.holds.has(worker)) this.look()",
    killedBy: restart("always", killed),
  },
  {
    name: "a scheduler that forgets what was lost before it",
    file: "packages/protocol/src/machine/SchedulerTask.ts",
    find: "lostWorkers: lost === 0 ? none",
    replace: "lostWorkers: lost >= 0 ? none",
    killedBy: restart("never", lateCancel),
  },
  {
    name: "a client that says that what it sends again never started",
    file: line,
    find: "one.message.attempt === 0 ? neverStarted : lostBefore",
    replace: "one.message.attempt >= 0 ? neverStarted : lostBefore",
    killedBy: restart(
      "never",
      "a cancel of what waits to be sent again is told that an attempt was lost (R53, R48)",
    ),
  },
  {
    name: "a client that waits for the answer of a scheduler that is gone",
    file: "packages/protocol/src/machine/ClientTask.ts",
    find: 'case "SchedulerChanged":\n      return answer',
    replace:
      'case "SchedulerChanged":\n      return event._tag !== "ConnectionGone" ? move<State, Command>(state) : answer',
    cell: ["Client", "cancelling", "another scheduler"],
    killedBy: restart("always", cancelled),
  },
  {
    name: "a client that sends again what may have one attempt",
    file: line,
    find: "if (message.attempt + 1 < message.attemptsMax) this.kept",
    replace: "this.kept",
    killedBy: restart("always", "a task that may have one attempt is not sent again (R52)"),
  },
  {
    name: "a client that spends the credit of a scheduler that is gone",
    file: line,
    find: "if (this.credit !== undefined) this.credit = nothing",
    replace: "",
    killedBy: restart(
      "body",
      "what is sent again keeps to the credit of the next scheduler (R52, R48)",
    ),
  },
]
