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

const attempt = { task: 1, attempt: 1, worker: "w" }

const clientSays: ReadonlyArray<Connection.ClientSays> = [
  taskOf(1),
  { _tag: "TaskCancel", task: 1, attempt: 0, force: true },
]

const workerSays: ReadonlyArray<Connection.WorkerSays> = [
  { _tag: "TaskStarted", ...attempt },
  { _tag: "TaskResult", ...attempt, type: "success", payload: Uint8Array.of(), runMs: 0 },
  { _tag: "TaskCancelConfirm", ...attempt, type: "canceled", how: "killed", stopMs: 0 },
  { _tag: "TaskProgress", task: 1, attempt: 1, fraction: 0.5 },
  { _tag: "TaskLog", task: 1, attempt: 1, line: "a line", from: "log" },
]

const disconnect: Message.ToScheduler = { _tag: "ClientDisconnect" }
const goodbye: Message.ToScheduler = { _tag: "WorkerGoodbye" }
const heartbeat: Message.ToScheduler = { _tag: "Heartbeat" }
const protocolError: Message.ToScheduler = { _tag: "ProtocolError", reason: "why" }

const heard = (message: Message.ToScheduler): Connection.Event => ({ _tag: "Heard", message })

const gone: Connection.Event = { _tag: "Gone", canResume: false }
const garbled: Connection.Event = { _tag: "Garbled", reason: "message 3, kind: expected a kind" }

type Row = readonly [Connection.State, Connection.Event, ReturnType<typeof Connection.step>]

const loseClient: Connection.Command = { _tag: "LoseClient" }
const loseWorker: Connection.Command = { _tag: "LoseWorker" }
const close: Connection.Command = { _tag: "Close" }

const refused = (reason: string, ...before: ReadonlyArray<Connection.Command>): Row[2] =>
  moved("ended", ...before, { _tag: "Refuse", reason })

const moved = (state: Connection.State, ...commands: ReadonlyArray<Connection.Command>): Row[2] =>
  move(state, ...commands)

const everyMessage = [
  clientHello,
  workerHello,
  ...clientSays,
  ...workerSays,
  disconnect,
  goodbye,
  heartbeat,
]

const early = ({ _tag }: Message.ToScheduler): Row[2] =>
  refused(`${_tag} came before a hello; say ClientHello or WorkerHello first`)

const rowsOfNew: ReadonlyArray<Row> = [
  ["new", heard(clientHello), moved("client", { _tag: "WelcomeClient", hello: clientHello })],
  ["new", heard(workerHello), moved("worker", { _tag: "WelcomeWorker", hello: workerHello })],
  ...[...clientSays, ...workerSays, disconnect, goodbye, heartbeat].map((message): Row => [
    "new",
    heard(message),
    early(message),
  ]),
  ["new", heard(protocolError), moved("ended", close)],
  ["new", gone, moved("ended")],
  ["new", garbled, refused(garbled.reason)],
]

const rowsOfClient: ReadonlyArray<Row> = [
  ...[clientHello, workerHello].map((hello): Row => {
    const reason = `a client said ${hello._tag} again; say hello once per session`
    return ["client", heard(hello), refused(reason, loseClient)]
  }),
  ...clientSays.map((message): Row => [
    "client",
    heard(message),
    moved("client", { _tag: "FromClient", message }),
  ]),
  ...[...workerSays, goodbye].map((message): Row => {
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
  ...[clientHello, workerHello].map((hello): Row => {
    const reason = `a worker said ${hello._tag} again; say hello once per session`
    return ["worker", heard(hello), refused(reason, loseWorker)]
  }),
  ...workerSays.map((message): Row => [
    "worker",
    heard(message),
    moved("worker", { _tag: "FromWorker", message }),
  ]),
  ...[...clientSays, disconnect].map((message): Row => {
    const reason = `a worker does not say ${message._tag}; the session has ended`
    return ["worker", heard(message), refused(reason, loseWorker)]
  }),
  ["worker", heard(heartbeat), moved("worker", { _tag: "EchoHeartbeat" })],
  ["worker", heard(goodbye), moved("ended", loseWorker, close)],
  ["worker", heard(protocolError), moved("ended", loseWorker, close)],
  ["worker", gone, moved("ended", loseWorker)],
  ["worker", garbled, refused(garbled.reason, loseWorker)],
]

const rowsOfEnded: ReadonlyArray<Row> = [
  ...[...everyMessage, protocolError].map((m): Row => ["ended", heard(m), moved("ended")]),
  ["ended", gone, moved("ended")],
  ["ended", garbled, moved("ended")],
]

const rows = [...rowsOfNew, ...rowsOfClient, ...rowsOfWorker, ...rowsOfEnded]

const nameOf = (event: Connection.Event): string =>
  event._tag === "Heard" ? `hears ${event.message._tag}` : `sees ${event._tag}`

for (const [state, event, expected] of rows) {
  test(`a peer that is ${state} and ${nameOf(event)} becomes ${expected.state}`, () => {
    assert.deepEqual(
      Connection.step(state, event, () => false),
      expected,
    )
  })
}

test("the table has a row for every state and event", () => {
  const states: ReadonlyArray<Connection.State> = ["new", "client", "worker", "ended"]
  const events = [...[...everyMessage, protocolError].map(heard), gone, garbled].map(nameOf)
  const seen = rows.map(([state, event]) => `${state} ${nameOf(event)}`)
  const wanted = states.flatMap((state) => events.map((event) => `${state} ${event}`))
  assert.deepEqual(seen.toSorted(), wanted.toSorted())
})

test("a worker whose name is taken is refused with a sentence that says what to do", () => {
  const reason = 'a worker named "w" is here already; give each worker a name of its own'
  assert.deepEqual(
    Connection.step("new", heard(workerHello), (name) => name === "w"),
    refused(reason),
  )
})

test("a name that is taken says nothing against a client, nor against who has said hello", () => {
  const taken = (): boolean => true
  assert.equal(Connection.step("new", heard(clientHello), taken).state, "client")
  const again = "a worker said WorkerHello again; say hello once per session"
  assert.deepEqual(Connection.step("worker", heard(workerHello), taken), refused(again, loseWorker))
  assert.deepEqual(Connection.step("ended", heard(workerHello), taken), moved("ended"))
})

test("a name too long to travel in every message is refused", () => {
  const long = "x".repeat(1_001)
  for (const hello of [
    { ...workerHello, worker: long },
    { ...workerHello, session: long },
    { ...clientHello, session: long },
  ]) {
    const { state, commands } = Connection.step("new", heard(hello), () => false)
    const [refusal] = commands
    assert.equal(state, "ended")
    assert.ok(refusal?._tag === "Refuse")
    assert.match(refusal.reason, /a name has 1001 characters, and 1000 are allowed/)
  }
})
