/** Bugs in how operators are served, and in how a scheduler stops. */
import type { Mutant } from "./mutants.ts"

const desk = "packages/scheduler/src/Desk.ts"
const orders = "packages/scheduler/src/Orders.ts"
const stopping = "packages/scheduler/src/Stopping.ts"
const shutdown = "packages/scheduler/src/Shutdown.ts"

const told = {
  file: "operator",
  race: "what an operator is told of its cancel is what became of the task (G2, G4)",
}

const howFar = {
  file: "operator",
  race: "an operator is told how far this cancel has come, and nothing of the one before (G9)",
}

export const ofOperator: ReadonlyArray<Mutant> = [
  {
    name: "a scheduler that goes on telling how far a cancel had come that was refused",
    file: desk,
    find: 'entry.rung = to === "cancelling" ? "asked" : "none"',
    replace: 'if (entry.rung === "none" && to === "cancelling") entry.rung = "asked"',
    killedBy: { ...howFar, red: "always" },
  },
  {
    name: "a worker that never says that it still stops an attempt",
    file: "packages/protocol/src/machine/WorkerAttempt.ts",
    find: "return state.asked ? move(state, sendStopping) : move(state)",
    replace: "return move(state)",
    cell: ["Worker", "stopping", "it still stops"],
    killedBy: { ...howFar, red: "sometimes" },
  },
  {
    name: "a scheduler that forgets which operator waits for a cancel",
    file: desk,
    find: "this.orders.cancelling(found.id, asker)",
    replace: "",
    killedBy: { ...told, red: "never" },
  },
  {
    name: "a scheduler that tells an operator of a stop where there was a result",
    file: orders,
    find: '{ ...plain("ended"), end, ...holder }',
    replace: '{ ...plain("done"), end, ...holder }',
    killedBy: { ...told, red: "never" },
  },
  {
    name: "a scheduler that tells an operator that its cancel is done when it has only been asked for",
    file: desk,
    find: "    tables.cancelEntry(found)",
    replace: '    tables.cancelEntry(found)\n    this.orders.answer(asker, plain("done"))',
    killedBy: { ...told, red: "never" },
  },
  {
    name: "a scheduler that forgets how a task that nobody owns any more is cancelled",
    file: orders,
    find: "    if (askers === undefined) return\n    const { state }",
    replace:
      '    if (askers === undefined || before._tag === "cancelling") return\n    const { state }',
    killedBy: {
      file: "operator",
      race: "the order of an operator stops the task of a client that is gone, and is answered (R22, G4, G7)",
      red: "always",
    },
  },
  {
    name: "a scheduler that cancels nothing when it stops",
    file: stopping,
    find: '  { _tag: "CancelAll" },\n)',
    replace: ")",
    killedBy: {
      file: "stopping",
      race: "when the bound has passed what runs is stopped first, and then the scheduler (G2, G8)",
      red: "always",
    },
  },
  {
    name: "a scheduler that stops at once, whatever runs",
    file: shutdown,
    find: "isEmpty: this.scheduler.taskCount() === 0",
    replace: "isEmpty: true",
    killedBy: {
      file: "stopping",
      race: "a scheduler that stops leaves no task behind that has not ended, and says so (G2, G5, G8)",
      red: "always",
    },
  },
]
