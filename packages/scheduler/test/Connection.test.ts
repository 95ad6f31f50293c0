import { type Message, move } from "@scaler-ts/protocol"
import assert from "node:assert/strict"
import { test } from "vitest"
import * as Connection from "../src/Connection.ts"
import { taskOf } from "./support/Rig.ts"

const clientHello: Message.ClientHello = { _tag: "ClientHello", session: "s" }

const workerHello: Message.WorkerHello = {
  _tag: "WorkerHello",
  session: "s",
  worker: "w",
  slots: 1,
  prefetch: 0,
  capabilities: {},
  tasks: [],
}

const operatorHello: Message.OperatorHello = { _tag: "OperatorHello", session: "s" }

const hellos = [clientHello, workerHello, operatorHello]

const attempt = { task: 1, attempt: 1, worker: "w" }

const clientSays: ReadonlyArray<Connection.ClientSays> = [
  taskOf(1),
  { _tag: "TaskCancel", task: 1, attempt: 0, force: true },
]

const operatorSays: ReadonlyArray<Connection.OperatorSays> = [
  { _tag: "StatusAsked", request: 1 },
  { _tag: "TasksAsked", request: 1, state: "any", name: "", worker: "", limit: 1 },
  { _tag: "WatchAsked", request: 1, room: 1 },
  { _tag: "OrderAsked", request: 1, order: "stop", target: "", boundMs: 0 },
]

const workerSays: ReadonlyArray<Connection.WorkerSays> = [
  { _tag: "TaskStarted", ...attempt },
  { _tag: "TaskResult", ...attempt, type: "success", payload: Uint8Array.of(), runMs: 0 },
  { _tag: "TaskCancelConfirm", ...attempt, type: "canceled", how: "killed", stopMs: 0 },
  { _tag: "TaskProgress", task: 1, attempt: 1, fraction: 0.5 },
  { _tag: "TaskLog", task: 1, attempt: 1, line: "a line", from: "log" },
  { _tag: "TaskStopping", task: 1, attempt: 1, rung: "killing" },
  { _tag: "TaskWaits", task: 1, attempt: 1 },
  { _tag: "TaskResumes", task: 1, attempt: 1 },
]

const disconnect: Message.ToScheduler = { _tag: "ClientDisconnect" }
const goodbye: Message.ToScheduler = { _tag: "WorkerGoodbye" }
const drain: Message.ToScheduler = { _tag: "Drain", boundMs: 5 }
const heartbeat: Message.Heartbeat = { _tag: "Heartbeat" }
const protocolError: Message.ToScheduler = { _tag: "ProtocolError", reason: "why" }

const heard = (message: Message.ToScheduler): Connection.Event => ({ _tag: "Heard", message })

const gone: Connection.Event = { _tag: "Gone", canResume: false }
const garbled: Connection.Event = { _tag: "Garbled", reason: "message 3, kind: expected a kind" }

type Row = readonly [Connection.State, Connection.Event, ReturnType<typeof Connection.step>]

const loseClient: Connection.Command = { _tag: "LoseClient" }
const loseWorker: Connection.Command = { _tag: "LoseWorker" }
const loseOperator: Connection.Command = { _tag: "LoseOperator" }
const close: Connection.Command = { _tag: "Close" }

const refused = (reason: string, ...before: ReadonlyArray<Connection.Command>): Row[2] =>
  moved("ended", ...before, { _tag: "Refuse", reason })

const moved = (state: Connection.State, ...commands: ReadonlyArray<Connection.Command>): Row[2] =>
  move(state, ...commands)

const everyMessage = [
  ...hellos,
  ...clientSays,
  ...workerSays,
  ...operatorSays,
  disconnect,
  drain,
  goodbye,
  heartbeat,
]

const early = ({ _tag }: Message.ToScheduler): Row[2] =>
  refused(`${_tag} came before a hello; say ClientHello, WorkerHello or OperatorHello first`)

const welcomeOperator: Connection.Command = { _tag: "WelcomeOperator", hello: operatorHello }

const rowsOfNew: ReadonlyArray<Row> = [
  ["new", heard(clientHello), moved("client", { _tag: "WelcomeClient", hello: clientHello })],
  ["new", heard(workerHello), moved("worker", { _tag: "WelcomeWorker", hello: workerHello })],
  ["new", heard(operatorHello), moved("operator", welcomeOperator)],
  ...[...clientSays, ...workerSays, ...operatorSays, disconnect, drain, goodbye, heartbeat].map(
    (message): Row => ["new", heard(message), early(message)],
  ),
  ["new", heard(protocolError), moved("ended", close)],
  ["new", gone, moved("ended")],
  ["new", garbled, refused(garbled.reason)],
]

const rowsOfClient: ReadonlyArray<Row> = [
  ...hellos.map((hello): Row => {
    const reason = `a client said ${hello._tag} again; say hello once per session`
    return ["client", heard(hello), refused(reason, loseClient)]
  }),
  ...clientSays.map((message): Row => [
    "client",
    heard(message),
    moved("client", { _tag: "FromClient", message }),
  ]),
  ...[...workerSays, ...operatorSays, drain, goodbye].map((message): Row => {
    const reason = `a client does not say ${message._tag}; the session has ended`
    return ["client", heard(message), refused(reason, loseClient)]
  }),
  ["client", heard(heartbeat), moved("client", { _tag: "EchoHeartbeat" })],
  ["client", heard(disconnect), moved("ended", loseClient, { _tag: "EchoDisconnect" }, close)],
  ["client", heard(protocolError), moved("ended", loseClient, close)],
  ["client", gone, moved("ended", loseClient)],
  ["client", garbled, refused(garbled.reason, loseClient)],
]

const rowsOfWorker: ReadonlyArray<Row> = [
  ...hellos.map((hello): Row => {
    const reason = `a worker said ${hello._tag} again; say hello once per session`
    return ["worker", heard(hello), refused(reason, loseWorker)]
  }),
  ...workerSays.map((message): Row => [
    "worker",
    heard(message),
    moved("worker", { _tag: "FromWorker", message }),
  ]),
  ...clientSays.map((message): Row => [
    "worker",
    heard(message),
    moved("worker", { _tag: "FromParent", message }),
  ]),
  ...[...operatorSays, disconnect].map((message): Row => {
    const reason = `a worker does not say ${message._tag}; the session has ended`
    return ["worker", heard(message), refused(reason, loseWorker)]
  }),
  ["worker", heard(heartbeat), moved("worker", { _tag: "EchoHeartbeat" })],
  ["worker", heard(drain), moved("worker", { _tag: "DrainWorker", boundMs: 5 })],
  ["worker", heard(goodbye), moved("ended", loseWorker, close)],
  ["worker", heard(protocolError), moved("ended", loseWorker, close)],
  ["worker", gone, moved("ended", loseWorker)],
  ["worker", garbled, refused(garbled.reason, loseWorker)],
]

const rowsOfOperator: ReadonlyArray<Row> = [
  ...hellos.map((hello): Row => {
    const reason = `an operator said ${hello._tag} again; say hello once per session`
    return ["operator", heard(hello), refused(reason, loseOperator)]
  }),
  ...operatorSays.map((message): Row => [
    "operator",
    heard(message),
    moved("operator", { _tag: "FromOperator", message }),
  ]),
  ...[...clientSays, ...workerSays, disconnect, drain, goodbye].map((message): Row => {
    const reason = `an operator does not say ${message._tag}; the session has ended`
    return ["operator", heard(message), refused(reason, loseOperator)]
  }),
  ["operator", heard(heartbeat), moved("operator", { _tag: "EchoHeartbeat" })],
  ["operator", heard(protocolError), moved("ended", loseOperator, close)],
  ["operator", gone, moved("ended", loseOperator)],
  ["operator", garbled, refused(garbled.reason, loseOperator)],
]

const rowsOfEnded: ReadonlyArray<Row> = [
  ...[...everyMessage, protocolError].map((m): Row => ["ended", heard(m), moved("ended")]),
  ["ended", gone, moved("ended")],
  ["ended", garbled, moved("ended")],
]

const rows = [...rowsOfNew, ...rowsOfClient, ...rowsOfWorker, ...rowsOfOperator, ...rowsOfEnded]

const letIn = (): undefined => undefined

const nameOf = (event: Connection.Event): string =>
  event._tag === "Heard" ? `hears ${event.message._tag}` : `sees ${event._tag}`

for (const [state, event, expected] of rows) {
  test(`a peer that is ${state} and ${nameOf(event)} becomes ${expected.state}`, () => {
    assert.deepEqual(Connection.step(state, event, letIn), expected)
  })
}

test("the table has a row for every state and event", () => {
  const states: ReadonlyArray<Connection.State> = ["new", "client", "worker", "operator", "ended"]
  const events = [...[...everyMessage, protocolError].map(heard), gone, garbled].map(nameOf)
  const seen = rows.map(([state, event]) => `${state} ${nameOf(event)}`)
  const wanted = states.flatMap((state) => events.map((event) => `${state} ${event}`))
  assert.deepEqual(seen.toSorted(), wanted.toSorted())
})

test("who is not let in is told why", () => {
  for (const hello of hellos) {
    const step = Connection.step("new", heard(hello), ({ _tag }) => `${_tag} is not let in`)
    assert.deepEqual(step, refused(`${hello._tag} is not let in`))
  }
})

test("nobody is asked about one who has said hello", () => {
  const nobody = (): string => assert.fail("it was asked")
  const again = "a worker said WorkerHello again; say hello once per session"
  assert.deepEqual(
    Connection.step("worker", heard(workerHello), nobody),
    refused(again, loseWorker),
  )
  assert.deepEqual(Connection.step("ended", heard(workerHello), nobody), moved("ended"))
})

test("an operator's session ends with its connection, also where others may come back", () => {
  assert.deepEqual(
    Connection.step("operator", { _tag: "Gone", canResume: true }, letIn),
    moved("ended", loseOperator),
  )
})

test("a name too long to travel in every message is refused", () => {
  const long = "x".repeat(1_001)
  for (const hello of [
    { ...workerHello, worker: long },
    { ...workerHello, session: long },
    { ...clientHello, session: long },
    { ...operatorHello, session: long },
  ]) {
    const { state, commands } = Connection.step("new", heard(hello), letIn)
    const [refusal] = commands
    assert.equal(state, "ended")
    assert.ok(refusal?._tag === "Refuse")
    assert.match(refusal.reason, /a name has 1001 characters, and 1000 are allowed/)
  }
})

test("what is used is heard from workers, and from nobody else", () => {
  const load: Message.WorkerLoad = { cpu: 1.5, memoryBytes: 4_096 }
  const says = (state: Connection.State): Row[2] =>
    Connection.step(state, heard({ ...heartbeat, ...load }), () => undefined)
  const echo: Connection.Command = { _tag: "EchoHeartbeat" }
  assert.deepEqual(says("worker"), moved("worker", { _tag: "NoteLoad", load }, echo))
  assert.deepEqual(says("client"), moved("client", echo))
})
