/** Bugs of who has a task, who is told what of it, and what is kept. */
import type { Mutant } from "./mutants.ts"

const owners = "packages/scheduler/src/Owners.ts"
const ownership = "packages/scheduler/src/Ownership.ts"
const kept = "packages/scheduler/src/KeptEnds.ts"
const client = "packages/protocol/src/machine/ClientTask.ts"

const by = (race: string, red: string): Mutant["killedBy"] => ({ file: "attach", race, red })

const outlives =
  "a detached task outlives the client that leaves, and tells whoever attaches how it ends (R49, G1, G5)"
const again =
  "whoever attaches to a detached task when it has ended is told how, again and again (R49, G1, G5)"
const evicted =
  "the oldest end that is kept goes first, and who comes too late is told so (R49, G7)"
const cancelled = "a cancel by one who has attached ends the owner's future, too (R50, G1, G2)"
const last =
  "a task that is not detached is stopped when the last one who has it is gone (R51, R22, G6)"
const asCancelled = "a detached task that was cancelled tells its end to whoever attaches (R49, G4)"

const waits =
  "what waits for credit is not lost because its client attaches to something meanwhile (R48, R50, G5)"
const waitsDetached =
  "a detached task that has waited at its client goes on when that leaves (R48, R49, G7)"

const bounded =
  "a client attaches to as many unfinished tasks as it may submit, and is told when it may not (R50, G1)"

export const ofAttach: ReadonlyArray<Mutant> = [
  {
    name: "a scheduler that lets a client attach without end",
    file: ownership,
    find: "!this.clients.mayAttach(client)",
    replace: "!client.isHere",
    killedBy: by(bounded, "always"),
  },
  {
    name: "a scheduler that stops a detached task with its client",
    file: owners,
    find: "isOwned(state) || state.detached ?",
    replace: "isOwned(state) ?",
    killedBy: by(outlives, "G3"),
  },
  {
    name: "a scheduler that never stops what nobody has any more",
    file: owners,
    find: ': move(state, { _tag: "LoseOwner" })',
    replace: ": move(state)",
    killedBy: by(last, "G7"),
  },
  {
    name: "a scheduler that thinks those who have attached there for ever",
    file: owners,
    find: "{ ...state, guests: state.guests - 1 }",
    replace: "state",
    killedBy: by(last, "stuck"),
  },
  {
    name: "a scheduler that tells nobody but the client that submitted a task",
    file: ownership,
    find: "this.clients.send(guest, { ...message, task })",
    replace: "",
    killedBy: by(cancelled, "always"),
  },
  {
    name: "a scheduler that tells those who have attached and not the client that submitted the task",
    file: ownership,
    find: "    this.clients.send(client, message)\n    if (owners === Owners.alone) return",
    replace: "    if (owners === Owners.alone) return this.clients.send(client, message)",
    killedBy: by(cancelled, "G7"),
  },
  {
    name: "a scheduler that keeps no end",
    file: ownership,
    find: "this.keep(entry, message)",
    replace: "",
    killedBy: by(again, "body"),
  },
  {
    name: "a scheduler that keeps more ends than it may",
    file: kept,
    find: "return this.byId.size <= ends &&",
    replace: "return this.byId.size <= ends + 1 &&",
    killedBy: by(evicted, "always"),
  },
  {
    name: "a scheduler that keeps results and no confirms",
    file: ownership,
    find: '(message._tag === "TaskCancelConfirm" && message.type === "canceled")',
    replace: "false",
    killedBy: by(asCancelled, "always"),
  },
  {
    name: "a client that cancels what it has detached when it closes",
    file: client,
    find: 'return state.detached ? lose("detached") : move(',
    replace: "return move(",
    cell: ["Client", "pending", "client closes"],
    killedBy: by(outlives, "always"),
  },
  {
    name: "a client that waits for ever for what it could not attach to",
    file: client,
    find: 'return move(endedAs("lost", undefined), {\n        _tag: "End",\n        end: "lost",\n        lost: "notAttached",',
    replace:
      'return move(state, {\n        _tag: "End",\n        end: "lost",\n        lost: "notAttached",',
    cell: ["Client", "pending", "attach refused"],
    killedBy: by(evicted, "G1"),
  },
  {
    name: "a scheduler that takes a task which waited at its client for one that it knows",
    file: "packages/scheduler/src/entries.ts",
    find: "hasNumber = ({ submitted, tasks }",
    replace: "hasNumber = ({ highest: submitted, tasks }",
    killedBy: by(waits, "G7"),
  },
  {
    name: "a client that forgets to detach what has waited",
    file: "packages/future/src/internal/SubmitLine.ts",
    find: "if (next.isDetached) this.session.send(",
    replace: "if (next.isDetached && this.size > 9) this.session.send(",
    killedBy: by(waitsDetached, "always"),
  },
]
