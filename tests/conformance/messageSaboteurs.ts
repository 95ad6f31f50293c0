/** Links that change what is said: each cluster test has to notice one. */
import { type Message, schedulerPeer, Values, Wire } from "@scaler-ts/protocol"
import { type Saboteur, spoilt } from "./spoil.ts"

type Said = Message.ToScheduler | Message.SchedulerToClient | Message.SchedulerToWorker

const anybody: Wire.Direction<Said> = {
  name: "anybody",
  tags: { ...Wire.toScheduler.tags, ...Wire.toClient.tags, ...Wire.toWorker.tags },
}

/** Changes every message that is sent into those that are returned. */
const saying =
  (change: (message: Said, self: string) => ReadonlyArray<Said>): Saboteur["make"] =>
  () =>
  (transport) =>
    spoilt(transport, {
      send: (to, bytes) => {
        const { sequence, acknowledged, messages } = Wire.decode(bytes, anybody)
        const changed = messages.flatMap((message) => change(message, transport.self))
        // A frame that had messages is not one that only acknowledges.
        if (changed.length === 0) changed.push(nothingSaid(transport.self))
        return transport.send(to, Wire.encode(changed, sequence, acknowledged))
      },
    })

const nothingSaid = (self: string): Said => ({
  _tag: self === schedulerPeer ? "HeartbeatEcho" : "Heartbeat",
})

/** Leaves messages out. */
const without = (...tags: ReadonlyArray<Said["_tag"]>): Saboteur["make"] =>
  saying((message) => (tags.includes(message._tag) ? [] : [message]))

type Confirm = Message.TaskCancelConfirm

/** Changes the answers to cancels. */
const confirming = (change: (confirm: Confirm) => Partial<Confirm>): Saboteur["make"] =>
  saying((message) =>
    message._tag === "TaskCancelConfirm" ? [{ ...message, ...change(message) }] : [message],
  )

const cooperative =
  "Stopped, cooperative: when the receipt is there the code has stopped and its slot is free (G2)"
const disconnects = "disconnect cancels what has not ended, and the scheduler forgets the client"
const finished =
  "Finished: a result that wins the race is in the receipt, and the future is cancelled (G3)"
const unconfirmed = "Unconfirmed: the bound passes, and a late end still ends the future (G8)"
const drained = "a worker that is drained finishes what it runs, takes nothing more, and leaves"

const manyCut =
  "1,000 tasks end with their own values and run once, while connections are cut again and again"

const results: ReadonlyArray<Saboteur> = [
  {
    name: "changes results",
    caughtBy: [
      "values cross as they are, empty and of 8 MiB",
      "map succeeds with every end, in the order of the inputs",
      "six clients and four workers: everybody gets what they asked for",
      "a client that does not listen holds nobody else up",
      finished,
      "Finished: under result-wins the result is kept (G3)",
      "AlreadyDone: nothing is sent for a task that has ended",
      "G1: everyone who looks sees one end, and is told once",
      drained,
      "a worker that is closed stops what it runs first, and another runs it",
      "a result on its way while its client's connection is cut arrives, once",
      "a result that wins against a cancel while both connections are cut is in the receipt",
      manyCut,
    ],
    make: saying((message) =>
      message._tag === "TaskResult" && message.type === "success"
        ? [{ ...message, payload: Values.encode("something else") }]
        : [message],
    ),
  },
  {
    name: "says the result when the task starts",
    caughtBy: [
      cooperative,
      unconfirmed,
      "asCompleted yields futures in the order they end, cancelled ones too",
      "G8: a disconnect is bounded, and names what nobody confirmed",
      "G9: a result from a worker that does not hold the attempt is counted and ignored",
    ],
    make: saying((message, self) => {
      if (message._tag !== "TaskStarted" || self === "scheduler") return [message]
      const { task, attempt, worker } = message
      const payload = Values.encode("early")
      return [{ _tag: "TaskResult", task, attempt, worker, type: "success", payload, runMs: 0 }]
    }),
  },
  {
    name: "lets tasks run again",
    caughtBy: [manyCut],
    stalls: [
      "a result on its way while its worker's connection is cut arrives, once, and nothing runs again",
    ],
    make: saying((message, self) =>
      message._tag === "Task" && self === schedulerPeer
        ? [message, { ...message, attempt: message.attempt + 1 }]
        : [message],
    ),
  },
  {
    name: "loses failures",
    stalls: [
      "G10: what throws or hangs in tasks, inputs and callbacks stops nobody else",
      "map succeeds with every end, in the order of the inputs",
    ],
    make: saying((message) =>
      message._tag === "TaskResult" && message.type !== "success" ? [] : [message],
    ),
  },
  {
    name: "loses what tasks log",
    caughtBy: ["what a task logs and tells of its progress arrives in order, before its end"],
    make: without("TaskLog"),
  },
  {
    name: "loses how far tasks have come",
    caughtBy: ["what a task logs and tells of its progress arrives in order, before its end"],
    make: without("TaskProgress"),
  },
  {
    name: "forgets timeouts",
    stalls: ["G8: an attempt that takes longer than its timeout is stopped"],
    make: saying((message) =>
      message._tag === "Task" ? [{ ...message, timeoutMs: 0 }] : [message],
    ),
  },
]

const cancels: ReadonlyArray<Saboteur> = [
  {
    name: "loses cancels",
    stalls: [
      cooperative,
      "G4: concurrent and repeated cancels are answered alike",
      "G6: no more tasks run than there are slots, and every slot is used again",
      "G7: at rest no table holds anything, and when all have left nobody is known",
      "G9: one client's cancel never reaches another client's task of the same number",
    ],
    make: without("TaskCancel"),
  },
  {
    name: "calls what never started stopped",
    caughtBy: [
      "Stopped, never-started: a task that waits for a slot is confirmed and never called",
      "Stopped, never-started: a worker gives back what it holds beyond its slots",
    ],
    make: confirming(({ how }) => (how === "neverStarted" ? { how: "cooperative" } : {})),
  },
  {
    name: "calls what stopped killed",
    caughtBy: [
      cooperative,
      "a cancel on its way while its client's connection is cut is answered by its receipt",
      "a cancel on its way while its worker's connection is cut is answered by its receipt",
    ],
    make: confirming(({ how }) => (how === "cooperative" ? { how: "killed" } : {})),
  },
  {
    name: "calls a refusal a stop",
    caughtBy: ["Refused: what cannot be stopped goes on, and its result counts"],
    make: confirming(({ type }) =>
      type === "cancelFailed" ? { type: "canceled", how: "cooperative" } : {},
    ),
  },
  {
    name: "calls a loss a kill",
    caughtBy: ["WorkerLost: the worker that ran it vanished, and it does not run again"],
    make: confirming(({ how }) => (how === "workerLost" ? { how: "killed" } : {})),
  },
  {
    name: "calls what is unknown stopped",
    caughtBy: ["NotFound: the scheduler never got the task"],
    make: confirming(({ type }) =>
      type === "cancelNotFound" ? { type: "canceled", how: "cooperative" } : {},
    ),
  },
]

const departures: ReadonlyArray<Saboteur> = [
  {
    name: "loses goodbyes",
    stalls: [
      disconnects,
      "G7: at rest no table holds anything, and when all have left nobody is known",
      "a worker that is drained and holds nothing leaves at once",
    ],
    make: () => (transport) => {
      const spoiler = without("ClientDisconnect", "WorkerGoodbye")()
      return spoilt(spoiler(transport), { disconnect: () => {}, close: () => {} })
    },
  },
  {
    name: "loses drains",
    stalls: [drained, "a worker that is drained and holds nothing leaves at once"],
    make: without("Drain"),
  },
  {
    name: "gives every worker a name of its own",
    stalls: ["a second worker of one name is refused, and the first goes on"],
    make: saying((message, self) =>
      message._tag === "WorkerHello" ? [{ ...message, worker: self }] : [message],
    ),
  },
]

export const messageSaboteurs = [...results, ...cancels, ...departures]
