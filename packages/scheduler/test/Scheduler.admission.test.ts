import { it } from "@effect/vitest"
import { Admission, type Message } from "@scaler-ts/protocol"
import { Scheduler } from "@scaler-ts/scheduler"
import * as Effect from "effect/Effect"
import assert from "node:assert/strict"
import { clientOn, type HandPeer, HandTransport, turns, workerOn } from "./support/Hand.ts"
import { operatorOn } from "./support/operator.ts"
import { taskOf } from "./support/Rig.ts"

/** A transport whose peers have proved keys. */
class KeyedTransport extends HandTransport {
  readonly keys: Readonly<Record<string, string>>
  constructor(keys: Readonly<Record<string, string>>) {
    super()
    this.keys = keys
  }
  keyOf(peer: string): string | undefined {
    return this.keys[peer]
  }
}

it.effect("each role is let in by its own keys, and who is refused is told why and dropped", () =>
  Effect.gen(function* () {
    const transport = new KeyedTransport({ a: "key a", b: "key b", c: "key c" })
    const admission = Admission.listedKeys({
      clients: ["key a"],
      workers: ["key b"],
      operators: ["key c"],
    })
    const scheduler = yield* Scheduler.make(transport, { admission })
    const hello = [clientOn, workerOn, operatorOn]
    const told: Array<Array<string>> = []
    for (const peer of ["a", "b", "c", "d"]) {
      for (const [role, say] of hello.entries()) {
        const hand: HandPeer = say(transport, peer)
        yield* turns
        told.push([peer, String(role), ...hand.news()])
        hand.vanish()
      }
    }
    const welcomed = told.filter((one) => one.includes("HelloEcho"))
    assert.deepEqual(
      welcomed.map(([peer, role]) => `${peer}${role}`),
      ["a0", "b1", "c2"],
    )
    const [, , refusal, end] = told[1] ?? []
    assert.match(refusal ?? "", /^ProtocolError: the key key a is not among those .* as workers;/)
    assert.equal(end, "gone")
    assert.match(told.at(-1)?.[2] ?? "", /lets in operators by their keys, and this connection/)
    const { clients, workers } = scheduler.status()
    assert.deepEqual(
      [clients, workers],
      [0, []],
      "nothing is kept of who was refused, nor of who they were before",
    )
  }),
)

it.effect("the admission is asked once for a peer, and told what it has to know", () =>
  Effect.gen(function* () {
    const transport = new HandTransport()
    const asked: Array<Admission.Applicant> = []
    const admission: Admission.Admission = (applicant) => void asked.push(applicant)
    yield* Scheduler.make(transport, { admission })
    const client = clientOn(transport, "c").say(taskOf(1), { _tag: "Heartbeat" })
    workerOn(transport, "p", "w")
    yield* turns
    assert.deepEqual(asked, [
      { peer: "c", role: "client", name: "session of c", key: undefined },
      { peer: "p", role: "worker", name: "w", key: undefined },
    ])
    assert.ok(client.news().includes("HelloEcho"))
  }),
)

it.effect("an admission that throws harms nobody but who asked", () =>
  Effect.gen(function* () {
    const transport = new HandTransport()
    const admission: Admission.Admission = ({ role }) => {
      if (role === "worker") throw new Error("no list")
      return undefined
    }
    const scheduler = yield* Scheduler.make(transport, { admission })
    const client = clientOn(transport, "c")
    const worker = workerOn(transport, "w")
    yield* turns
    assert.deepEqual(client.news(), ["HelloEcho"])
    assert.match(worker.news().join(), /could not tell whether to let this worker in: no list,gone/)
    assert.equal(scheduler.status().workers.length, 0)
  }),
)

it.effect("who is not let in does not learn which names are taken", () =>
  Effect.gen(function* () {
    const transport = new HandTransport()
    const peers = new Set(["w"])
    const admission: Admission.Admission = ({ peer }) =>
      peers.has(peer) ? undefined : "you are not let in"
    yield* Scheduler.make(transport, { admission })
    workerOn(transport, "w")
    const other = workerOn(transport, "x", "w")
    yield* turns
    assert.deepEqual(other.news(), ["ProtocolError: you are not let in", "gone"])
  }),
)

it.effect("two clients cannot have one session, for their tasks would have one name", () =>
  Effect.gen(function* () {
    const transport = new HandTransport()
    const scheduler = yield* Scheduler.make(transport, { resumeMs: 0 })
    const hello: Message.ClientHello = { _tag: "ClientHello", session: "session of c" }
    const client = clientOn(transport, "c").say(taskOf(1))
    const worker = workerOn(transport, "w")
    const other = clientOn(transport, "d").say(hello)
    const same = clientOn(transport, "e")
    yield* turns
    assert.match(other.news().join(), /a client said ClientHello again/)
    assert.deepEqual(same.news(), ["HelloEcho"])
    const thief = transport.peers.get("d") ?? client
    thief.news()
    client.vanish()
    // Its task is being stopped, and still has its name.
    assert.equal(scheduler.status().tasks.cancelling, 1)
    assert.equal(worker.news().includes("TaskCancel 1.1 forced"), false)
    yield* turns
    assert.ok(worker.news().includes("TaskCancel 1.1 forced"))
  }),
)
