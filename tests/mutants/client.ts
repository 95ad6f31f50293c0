/** Bugs of the client: of its machine, and of the tables and shell around it. */
import type { Mutant } from "./mutants.ts"

const machine = "packages/protocol/src/machine/ClientTask.ts"
const table = "packages/future/src/internal/FutureTable.ts"
const life = "packages/future/src/internal/ClientLife.ts"
const leave = "packages/future/src/internal/leave.ts"

export const ofClient: ReadonlyArray<Mutant> = [
  {
    name: "a client that shows a cancel and does not send it",
    file: machine,
    find: "return move(cancellingNow(state), sendCancel, startBound, wait)",
    replace: "return move(cancellingNow(state), startBound, wait)",
    cell: ["Client", "pending", "cancel asked"],
    killedBy: {
      file: "cancel",
      race: "a confirmed cancel means the function never came to its end (G2)",
      red: "G3",
    },
  },
  {
    name: "a client whose cancel has no bound",
    file: machine,
    find: "return move(cancellingNow(state), sendCancel, startBound, wait)",
    replace: "return move(cancellingNow(state), sendCancel, wait)",
    cell: ["Client", "pending", "cancel asked"],
    killedBy: {
      file: "unconfirmed",
      race: "a cancel that nobody answers is Unconfirmed, and the state can be asked for at once (R15, G8)",
      red: "G8",
    },
  },
  {
    name: "a client that leaves without asking its tasks to stop",
    file: machine,
    find: 'state.detached ? lose("detached") : move(cancellingNow(state), sendCancel, startBound)',
    replace: 'lose(state.detached ? "detached" : "clientClosed")',
    cell: ["Client", "pending", "client closes"],
    killedBy: {
      file: "leaving",
      race: "a disconnect that meets the loss of the connection gives everybody one end (R24, G1)",
      red: "sometimes",
    },
  },
  {
    name: "a client that takes the late stop of a refused cancel for one nobody asked for",
    file: machine,
    find: 'return event.confirm.type === "canceled"',
    replace: "return false",
    cell: ["Client", "pending", "confirm"],
    killedBy: {
      file: "refused",
      race: "a task that stops after its refusal ends cancelled and frees its slot (R38, G6)",
      red: "G7",
    },
  },
  {
    name: "a client that waits for answers on a connection that is gone",
    file: machine,
    find: 'case "ConnectionGone":\n      return lose("connectionLost", state.detached)',
    replace: 'case "ConnectionGone":\n      return ignore(state, "eventAfterEnd")',
    cell: ["Client", "pending", "connection gone for good"],
    killedBy: {
      file: "leaving",
      race: "a client that was cut off waits for nothing any more (R45, G5, G7)",
      red: "G5",
    },
  },
  {
    name: "a client that lets the result decide the end of what it cancels",
    file: machine,
    find: '? answer("cancelled", finished, { result: event.result }) // G3',
    replace: "? answer(endOf(event.result), finished, withLoss(event.result))",
    cell: ["Client", "cancelling", "result"],
    killedBy: {
      file: "cancel",
      race: "a result that meets a cancel is in the receipt, and its slot is free again (R3, G3, G5, G6)",
      red: "G3",
    },
  },
  {
    name: "a client that drops the result of what it cancels",
    file: machine,
    find: 'answer("cancelled", finished, { result: event.result }) // G3',
    replace: 'answer("cancelled", notFound)',
    cell: ["Client", "cancelling", "result"],
    killedBy: {
      file: "cancel",
      race: "a cancel right after the submit is never answered NotFound (R1, G4)",
      red: "never",
    },
  },
  {
    name: "a client that joins a request whose bound has passed",
    file: machine,
    find: 'return state.bound === "running"\n        ? move(state, wait)',
    replace: "return state.bound !== undefined\n        ? move(state, wait)",
    cell: ["Client", "cancelling", "cancel asked"],
    killedBy: {
      file: "unconfirmed",
      race: "a cancel asked again after its bound is sent again, with a bound of its own (R17, R42, G8)",
      red: "G8",
    },
  },
  {
    name: "a client that takes a refusal for a stop",
    file: machine,
    find: ': move(runningOf(state), ...stop, { _tag: "Answer", receipt: refused }) // R13',
    replace: ': answer("cancelled", refused)',
    cell: ["Client", "cancelling", "confirm"],
    killedBy: {
      file: "refused",
      race: "after a refused cancel the future is pending again, and its value arrives (R13, G3, G5)",
      red: "G2",
    },
  },
  {
    name: "a client that gives a task up when the bound of its cancel passes",
    file: machine,
    find: ': move({ ...state, bound: "passed" }, { _tag: "Answer", receipt: unconfirmed })',
    replace: ': answer("lost", unconfirmed, { lost: "forgotten" })',
    cell: ["Client", "cancelling", "bound passed"],
    killedBy: {
      file: "unconfirmed",
      race: "a cancel that nobody answers is Unconfirmed, and the state can be asked for at once (R15, G8)",
      red: "always",
    },
  },
  {
    name: "a leaving client that waits for what refused to stop",
    file: machine,
    find: 'return rules.closing\n            ? answer("lost", refused',
    replace: 'return false\n            ? answer("lost", refused',
    cell: ["Client", "cancelling", "confirm"],
    killedBy: {
      file: "leaving",
      race: "what refuses to stop for a client that leaves is lost and named (R44, G8)",
      red: "stuck",
    },
  },
  {
    name: "a client that does not answer who cancels what has ended",
    file: machine,
    find: 'return move(state, { _tag: "Reply" }) // R18, R43',
    replace: 'return ignore(state, "eventAfterEnd")',
    cell: ["Client", "ended", "cancel asked"],
    killedBy: {
      file: "cancel",
      race: "a future that has ended is not cancelled afterwards, and its value stays (R18, G1)",
      red: "G8",
    },
  },
  {
    name: "a client that forgets the receipt that ended a future",
    file: table,
    find: "const receipt: Receipt<unknown> = entry.receipt ?? {",
    replace: "const receipt: Receipt<unknown> = {",
    killedBy: {
      file: "unconfirmed",
      race: "whoever asks again after Unconfirmed and an end is told of that end (R43, G4)",
      red: "always",
    },
  },
  {
    name: "a client that tells a listener the end twice",
    file: table,
    find: "this.tellEnd(entry, waiting, outcome)\n",
    replace: "this.tellEnd(entry, waiting, outcome), this.tellEnd(entry, waiting, outcome)\n",
    killedBy: {
      file: "telling",
      race: "a callback is called once, whatever meets: a result, two cancels, a late confirm (R20, G1)",
      red: "always",
    },
  },
  {
    name: "a client that tells the receipt to the first who asked",
    file: table,
    find: "for (const asker of askers) asker(receipt)",
    replace: "for (const asker of [...askers].slice(0, 1)) asker(receipt)",
    killedBy: {
      file: "cancel",
      race: "two cancels at once are one, and both are told the same (R16, G4)",
      red: "G8",
    },
  },
  {
    name: "a client that keeps what has ended",
    file: table,
    find: "this.futures.delete(entry.number)",
    replace: "",
    killedBy: {
      file: "cancel",
      race: "a confirmed cancel means the function never came to its end (G2)",
      red: "G7",
    },
  },
  {
    name: "a client that does not end its futures when it is cut off",
    file: life,
    find: 'table.applyToAll({ _tag: "ConnectionGone" }, table.boundMs)',
    replace: "",
    killedBy: {
      file: "leaving",
      race: "a client that was cut off waits for nothing any more (R45, G5, G7)",
      red: "G5",
    },
  },
  {
    name: "a client that forgets that it is leaving",
    file: leave,
    find: "table.closing = true",
    replace: "",
    killedBy: {
      file: "leaving",
      race: "what refuses to stop for a client that leaves is lost and named (R44, G8)",
      red: "stuck",
    },
  },
  {
    name: "a client that waits for the scheduler's goodbye beyond the bound of its disconnect",
    file: leave,
    find: "const leftMs = Math.max(0, endsAtMs - loop.nowMs()) // G8",
    replace: "const leftMs = boundMs",
    killedBy: {
      file: "leaving",
      race: "a disconnect that nobody answers ends by its bound and names what is open (R23, G8)",
      red: "always",
    },
  },
  {
    name: "a client that says goodbye before its tasks have stopped",
    file: leave,
    find: "if (table.futures.size === 0) table.onEmpty()",
    replace: "table.onEmpty()",
    killedBy: {
      file: "leaving",
      race: "a disconnect that nobody answers ends by its bound and names what is open (R23, G8)",
      red: "always",
    },
  },
  {
    name: "a client that takes a late result for the end of what it cancelled",
    file: machine,
    find: 'return rules.policy === "cancel-wins"',
    replace: 'return rules.policy === "cancel-wins" && state.bound === "running"',
    cell: ["Client", "cancelling", "result"],
    killedBy: {
      file: "unconfirmed",
      race: "a cancel that nobody answers is Unconfirmed, and the state can be asked for at once (R15, G8)",
      red: "G3",
    },
  },
]
