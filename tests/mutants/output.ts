/** Bugs of how what tasks say comes to their clients. */
import type { Mutant } from "./mutants.ts"

const machine = "packages/protocol/src/machine/OutputWindow.ts"
const tables = "packages/worker/src/Tables.ts"
const scheduler = "packages/scheduler/src/Lines.ts"
const output = "packages/future/src/internal/Output.ts"
const futures = "packages/future/src/internal/FutureTable.ts"

const by = (race: string, red: string): Mutant["killedBy"] => ({ file: "output", race, red })

const all =
  "a client that takes what a task says is told all of it, in order, before its end (R47, G10)"
const cancel = "a cancel does not wait for what its task says to be taken (R47, G2, G10)"
const missing =
  "of what cannot be held a line in its place says how much is missing, before the end (R47, G10)"
const forgotten = "a task that is forgotten does not wait for its client to listen (R47, G6)"

export const ofOutput: ReadonlyArray<Mutant> = [
  {
    name: "a worker that holds what is to stop",
    file: machine,
    find: "return move({ ...state, held: false, stopping: true }, ...releaseOf(state)) // G10",
    replace: "return move({ ...state, stopping: true })",
    killedBy: by(cancel, "always"),
  },
  {
    name: "a worker that tells what it stops that it may talk on after it has told it to stop",
    file: tables,
    find: "entry.output?.stopAsked() // What is held cannot hear that it is to stop.",
    replace: "",
    killedBy: by(cancel, "always"),
  },
  {
    name: "a worker that lets nobody talk on whom it held",
    file: machine,
    find: "if (leftOut === 0) return move({ ...state, held: false }, ...releaseOf(state))",
    replace: "if (leftOut === 0) return move(state)",
    killedBy: by(all, "stuck"),
  },
  {
    name: "a worker that drops what it kept when the attempt ends",
    file: machine,
    find: "        sendRest,\n",
    replace: "",
    killedBy: by(missing, "always"),
  },
  {
    name: "a worker that keeps to itself how much is missing at the end",
    file: machine,
    find: "...(state.leftOut > 0 ? [sendNotice(state.leftOut)] : []),",
    replace: "",
    killedBy: by(missing, "always"),
  },
  {
    name: "a worker that tells an end before what was said",
    file: tables,
    find: "      entry.output?.ended() // Before its end is told.\n    }\n    for (const command of commands) this.carryOut(entry, command, context)\n",
    replace:
      '    }\n    for (const command of commands) this.carryOut(entry, command, context)\n    if (state._tag === "absent") entry.output?.ended()\n',
    killedBy: by(missing, "always"),
  },
  {
    name: "a worker that does not hear that lines were taken",
    file: tables,
    find: "entry.output.taken(lines)",
    replace: "",
    killedBy: by(all, "stuck"),
  },
  {
    name: "a scheduler that keeps it to itself that lines were taken",
    file: scheduler,
    find: "this.outlet.toWorker(worker, { ...message, task: entry.id })",
    replace: "",
    killedBy: by(all, "stuck"),
  },
  {
    name: "a scheduler that tells a worker of a task by its client's number",
    file: scheduler,
    find: "this.outlet.toWorker(worker, { ...message, task: entry.id })",
    replace: "this.outlet.toWorker(worker, { ...message, task: entry.id + 1 })",
    killedBy: by(all, "stuck"),
  },
  {
    name: "a client that does not say that it has taken lines",
    file: output,
    find: "if (!credit.isOver) this.session.send(",
    replace: "if (credit.isOver) this.session.send(",
    killedBy: by(all, "stuck"),
  },
  {
    name: "a client that counts what it takes twice",
    file: output,
    find: "credit.untaken++",
    replace: "this.add(credit, line)",
    killedBy: by(all, "stuck"),
  },
  {
    name: "a client that lets wait for it what it has forgotten",
    file: futures,
    find: "if (entry.end === undefined) this.output.forget(entry)",
    replace: "",
    killedBy: by(forgotten, "stuck"),
  },
]
