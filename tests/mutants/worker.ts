/** Bugs of the worker: of its machine, and of the tables and shell around it. */
import type { Mutant } from "./mutants.ts"

const machine = "packages/protocol/src/machine/WorkerAttempt.ts"
const tables = "packages/worker/src/Tables.ts"
const shell = "packages/worker/src/WorkerShell.ts"

export const ofWorker: ReadonlyArray<Mutant> = [
  {
    name: "a worker that says that a task runs which waits for a slot",
    file: machine,
    find: "event.slotFree ? startedAtOnce",
    replace: "event.slotFree !== undefined ? startedAtOnce",
    cell: ["Worker", "unseen or ended", "dispatched"],
    killedBy: {
      file: "rest",
      race: "a task that waits at its worker is not shown as running (G6)",
      red: "always",
    },
  },
  {
    name: "a worker that does not say that a task has started",
    file: machine,
    find: "const startedAtOnce = move<State, Command>(runningNow, start, sendStarted)",
    replace: "const startedAtOnce = move<State, Command>(runningNow, start)",
    cell: ["Worker", "unseen or ended", "dispatched"],
    killedBy: {
      file: "cancel",
      race: "a timeout and a cancel ask the worker once between them (R12)",
      red: "sometimes",
    },
  },
  {
    name: "a worker that does not notice that an attempt got its slot",
    file: machine,
    find: "return slotFreed\n",
    replace: 'return ignore(state, "slotUnwanted")\n',
    cell: ["Worker", "waiting", "slot free"],
    killedBy: {
      file: "recall",
      race: "a task that waits at a worker comes back by a recall and is run once (G2, G6)",
      red: "G9",
    },
  },
  {
    name: "a worker that refuses to give back what has not started",
    file: machine,
    find: 'return move(absent, confirm("canceled", "neverStarted"))',
    replace: 'return move(state, confirm("cancelFailed", "unknown"))',
    cell: ["Worker", "waiting", "cancel"],
    killedBy: {
      file: "recall",
      race: "a task that waits at a worker comes back by a recall and is run once (G2, G6)",
      red: "G6",
    },
  },
  {
    name: "a worker that has never heard of what waits",
    file: machine,
    find: 'return move(absent, confirm("canceled", "neverStarted"))',
    replace: 'return move(absent, confirm("cancelNotFound", "unknown"))',
    cell: ["Worker", "waiting", "cancel"],
    killedBy: {
      file: "rest",
      race: "a task may be recalled more often than lost (G9)",
      red: "always",
    },
  },
  {
    name: "a worker that stops what runs for a recall",
    file: machine,
    find: "return event.force\n",
    replace: "return event.force !== undefined\n",
    cell: ["Worker", "running", "cancel"],
    killedBy: { file: "recall", race: "a recall runs no task twice (G2, G9)", red: "G3" },
  },
  {
    name: "a worker that confirms when it is asked",
    file: machine,
    find: 'return event.force\n        ? move({ _tag: "stopping", asked: true, refused: state.refused }, interrupt',
    replace:
      'return event.force\n        ? move({ _tag: "stopping", asked: true, refused: state.refused }, confirm("canceled", "cooperative"), interrupt',
    cell: ["Worker", "running", "cancel"],
    killedBy: {
      file: "cancel",
      race: "a confirmed cancel means the function never came to its end (G2)",
      red: "G2",
    },
  },
  {
    name: "a worker that takes a late stop for a failure",
    file: machine,
    find: "return state.refused\n",
    replace: "return false\n",
    cell: ["Worker", "running", "function stopped because interrupted"],
    killedBy: {
      file: "refused",
      race: "a task that stops after its refusal ends cancelled and frees its slot (R38, G6)",
      red: "always",
    },
  },
  {
    name: "a worker that does not say that a task's process died",
    file: machine,
    find: 'return move(absent, { _tag: "SendDied" })',
    replace: "return move(absent)",
    cell: ["Worker", "running", "what ran it has exited"],
    killedBy: {
      file: "telling",
      race: "an attempt whose process dies fails for its client and frees its slot (R7, G6)",
      red: "G6",
    },
  },
  {
    name: "a worker that runs on what its scheduler has lost",
    file: machine,
    find: 'case "DrainBoundPassed":\n    case "SessionGone":\n      return move({ _tag: "stopping", asked: false, refused: state.refused }, interrupt, startGrace)',
    replace:
      'case "DrainBoundPassed":\n      return move({ _tag: "stopping", asked: false, refused: state.refused }, interrupt, startGrace)\n    case "SessionGone":\n      return ignore(state, "sessionLate")',
    cell: ["Worker", "running", "session gone"],
    killedBy: {
      file: "rest",
      race: "what runs on a worker that was cut off is stopped, though nobody hears of it (G7)",
      red: "always",
    },
  },
  {
    name: "a worker that drops a result while it stops the task",
    file: machine,
    find: "return move(absent, stopGrace, sendResult) // It finished first; the result answers the cancel.",
    replace: 'return move(absent, stopGrace, ...answered("cooperative"))',
    cell: ["Worker", "stopping", "function returned or threw by itself"],
    killedBy: {
      file: "cancel",
      race: "a confirmed cancel means the function never came to its end (G2)",
      red: "never",
    },
  },
  {
    name: "a worker that takes what it killed for dead",
    file: machine,
    find: '...answered("killed"))',
    replace: '{ _tag: "SendDied" })',
    cell: ["Worker", "stopping", "what ran it has exited"],
    killedBy: {
      file: "cancel",
      race: "what has to be killed is confirmed when it was seen to be gone (R35, G2)",
      red: "sometimes",
    },
  },
  {
    name: "a worker that refuses to stop what it could kill",
    file: machine,
    find: "if (event.canKill) return move(state, kill)",
    replace: "",
    cell: ["Worker", "stopping", "grace period over"],
    killedBy: {
      file: "cancel",
      race: "what has to be killed is confirmed when it was seen to be gone (R35, G2)",
      red: "sometimes",
    },
  },
  {
    name: "a worker that confirms what it only asks to be killed",
    file: machine,
    find: "if (event.canKill) return move(state, kill)",
    replace: 'if (event.canKill) return move(state, kill, ...answered("killed"))',
    cell: ["Worker", "stopping", "grace period over"],
    killedBy: {
      file: "cancel",
      race: "what has to be killed is confirmed when it was seen to be gone (R35, G2)",
      red: "never",
    },
  },
  {
    name: "a worker that cannot stop a task and does not say so",
    file: machine,
    find: '? move({ _tag: "running", refused: true }, confirm("cancelFailed", "unknown"))',
    replace: '? move({ _tag: "running", refused: true })',
    cell: ["Worker", "stopping", "grace period over"],
    killedBy: {
      file: "refused",
      race: "after a refused cancel the future is pending again, and its value arrives (R13, G3, G5)",
      red: "sometimes",
    },
  },
  {
    name: "a worker that forgets that it refused to stop a task",
    file: machine,
    find: '{ _tag: "running", refused: true }, confirm',
    replace: '{ _tag: "running", refused: false }, confirm',
    cell: ["Worker", "stopping", "grace period over"],
    killedBy: {
      file: "refused",
      race: "a task that stops after its refusal ends cancelled and frees its slot (R38, G6)",
      red: "always",
    },
  },
  {
    name: "a worker that stops a task and keeps it to itself",
    file: machine,
    find: 'return move(absent, stopGrace, ...answered("cooperative"))',
    replace: "return move(absent, stopGrace)",
    cell: ["Worker", "stopping", "function stopped because interrupted"],
    killedBy: {
      file: "cancel",
      race: "a confirmed cancel means the function never came to its end (G2)",
      red: "G4",
    },
  },
  {
    name: "a worker that keeps what has ended",
    file: tables,
    find: "this.byTask.delete(entry.task)",
    replace: "",
    killedBy: {
      file: "rest",
      race: "a worker that is leaving leaves as soon as it holds nothing (G7, G8)",
      red: "always",
    },
  },
  {
    name: "a worker that does not kill what has had its time",
    file: tables,
    find: "return this.executor?.kill(key)",
    replace: "return",
    killedBy: {
      file: "cancel",
      race: "what has to be killed is confirmed when it was seen to be gone (R35, G2)",
      red: "sometimes",
    },
  },
  {
    name: "a worker that does not interrupt what is to stop",
    file: tables,
    find: "return this.executor?.interrupt(key)",
    replace: "return",
    killedBy: {
      file: "refused",
      race: "a task that stops after its refusal ends cancelled and frees its slot (R38, G6)",
      red: "stuck",
    },
  },
  {
    name: "a worker that tells a failure as a success",
    file: tables,
    find: 'context.ok === true ? "success" : "failed"',
    replace: '"success"',
    killedBy: {
      file: "telling",
      race: "one failing item of a map harms neither the others nor the client (R28)",
      red: "G5",
    },
  },
  {
    name: "a worker that does not count its time to stop",
    file: "packages/worker/src/Grace.ts",
    find: "entry.stopGrace = this.timers.after(entry.graceMs, () => this.passed(entry))",
    replace: "entry.stopGrace = (): void => this.passed(entry)",
    killedBy: {
      file: "cancel",
      race: "what has to be killed is confirmed when it was seen to be gone (R35, G2)",
      red: "sometimes",
    },
  },
  {
    name: "a worker that waits for the end of its bound with nothing to do",
    file: shell,
    find: "this.restIfDone()\n  }\n\n  /** A leaving",
    replace: "}\n\n  /** A leaving",
    killedBy: {
      file: "rest",
      race: "a worker that is leaving leaves as soon as it holds nothing (G7, G8)",
      red: "always",
    },
  },
  {
    name: "a worker that tells its tables nothing of the loss of its scheduler",
    file: shell,
    find: "this.tables.sessionGone()",
    replace: "",
    killedBy: {
      file: "rest",
      race: "what runs on a worker that was cut off is stopped, though nobody hears of it (G7)",
      red: "always",
    },
  },
]
