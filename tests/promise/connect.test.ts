import { MemoryNetwork, MemoryTransport } from "@scaler-ts/adapter-memory"
import {
  type Client,
  ClientClosed,
  connect,
  ConnectionFailed,
  ConnectionLost,
  fromEffect,
  TaskLost,
} from "@scaler-ts/future/promise"
import type { ClientReceiver, ClientSession } from "@scaler-ts/protocol"
import type { Transport } from "@scaler-ts/runtime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import { assert, it } from "vitest"
import * as say from "../support/messages.ts"
import { atRest, make, rejection } from "../support/PromiseRig.ts"
import * as receipts from "../support/receipts.ts"
import { bare, work } from "../support/Rig.ts"

/** A network with a scheduler on it, for the block. */
const network = async () => {
  const scope = Effect.runSync(Scope.make())
  const parts = await Effect.runPromise(Scope.provide(bare(), scope))
  const close = (): Promise<void> => Effect.runPromise(Scope.close(scope, Exit.void))
  return { ...parts, [Symbol.asyncDispose]: close }
}

const answerOne = async (client: Client, say: (number: number) => void): Promise<void> => {
  const future = client.submit(work, 1)
  await atRest()
  say(future.number)
  assert.strictEqual(await future, 5)
}

it("connects by what a transport's layer returns, and closes that with the client", async () => {
  await using net = await network()
  {
    await using client = await connect(MemoryTransport.layer(net.network, "client"))
    assert.throws(() => net.network.join("client"), /has joined this network already/)
    await answerOne(client, (n) => net.scheduler.say(say.succeeded(n, 5)))
  }
  net.network.join("client").close()
})

it("connects by a transport that is there, and leaves it open", async () => {
  await using net = await network()
  const transport = net.network.join("client")
  const client = await connect(transport)
  await answerOne(client, (n) => net.scheduler.say(say.succeeded(n, 5)))
  await client.close()
  assert.throws(() => net.network.join("client"), /has joined this network already/)
  transport.close()
})

it("connects by the session of an adapter", async () => {
  let receiver: ClientReceiver | undefined
  let isClosed = false
  const session: ClientSession = {
    open: (opened) => {
      receiver = opened
    },
    send: (message) => {
      if (message._tag === "ClientHello") {
        receiver?.receive([{ ...message, _tag: "HelloEcho", scheduler: "" }])
      } else if (message._tag === "ClientDisconnect") {
        receiver?.receive([{ _tag: "ClientDisconnectEcho" }])
      }
    },
    close: () => {
      isClosed = true
    },
  }
  const client = await connect(session)
  await answerOne(client, (n) => receiver?.receive([say.succeeded(n, 5)]))
  assert.isFalse(isClosed)
  await client.close()
  assert.isTrue(isClosed)
})

it("rejects when nobody answers, and leaves nothing open (G8)", async () => {
  await using scope = await network()
  const to = MemoryTransport.layer(scope.network, "lonely")
  const error = await rejection(connect(to, { scheduler: "nobody" }))
  assert.instanceOf(error, ConnectionFailed)
  assert.match(String(error), /nobody named "nobody" is there/)
  scope.network.join("lonely").close()
})

it("rejects with what the layer fails with", async () => {
  const failing: Layer.Layer<Transport, "no socket"> = Layer.effectContext(Effect.fail("no socket"))
  assert.strictEqual(await rejection(connect(failing)), "no socket")
})

it("close cancels what has not ended, and says what nobody confirmed (G8)", async () => {
  await using rig = await make()
  const [one, two] = await rig.submit(2)
  if (one === undefined || two === undefined) return assert.fail()
  const lost = two.outcome()
  const closing = rig.client.close({ boundMs: 500 })
  await atRest()
  assert.deepStrictEqual(rig.scheduler.cancels, [1, 2])
  rig.scheduler.say(say.stopped(1))
  const { unconfirmed } = await closing
  assert.deepStrictEqual(unconfirmed, [two])
  assert.deepStrictEqual([one.state, (await lost)._tag], ["cancelled", "Lost"])
  assert.strictEqual(await rig.client.close(), await closing)
})

it("after close nothing is submitted; nor after the connection is gone", async () => {
  await using closed = await make()
  await closed.client.close()
  assert.throws(() => closed.client.submit(work, 1), ClientClosed)
  assert.instanceOf(await rejection(closed.client.call(work, 1)), ClientClosed)
  await using lost = await make()
  await lost.cut()
  assert.throws(() => lost.client.submit(work, 1), ConnectionLost)
})

it("a close that is asked for with a wrong bound rejects and closes nothing", async () => {
  await using rig = await make()
  assert.instanceOf(await rejection(rig.client.close({ boundMs: -1 })), RangeError)
  assert.strictEqual(rig.client.submit(work, 1).state, "pending")
})

it("cancelAll cancels what is open, and its receipts are oldest task first (G4)", async () => {
  await using rig = await make()
  const [, ended] = await rig.submit(3)
  rig.scheduler.say(say.succeeded(2))
  await ended
  const all = rig.client.cancelAll()
  await atRest()
  assert.deepStrictEqual(rig.client.status().futures, { pending: 0, running: 0, cancelling: 2 })
  rig.scheduler.say(say.notFound(3), say.stopped(1))
  assert.deepStrictEqual(await all, [receipts.stopped(), receipts.notFound])
})

it("fromEffect closes what a failing Effect had made, and takes nothing but clients", async () => {
  const made: Array<string> = []
  const opened = Effect.acquireRelease(
    Effect.sync(() => made.push("opened")),
    () => Effect.sync(() => made.push("closed")),
  )
  assert.strictEqual(await rejection(fromEffect(Effect.andThen(opened, Effect.fail("no")))), "no")
  const nobody = Effect.as(opened, { client: {} as never })
  assert.match(String(await rejection(fromEffect(nobody))), /not a client/)
  assert.deepStrictEqual(made, ["opened", "closed", "opened", "closed"])
})

it.each(["tcp://127.0.0.1:5555", undefined, null, {}])(
  "rejects what nobody can connect by: %s",
  async (to) => {
    assert.match(String(await rejection(connect(to as never))), /TypeError: cannot connect by/)
  },
)

it("rejects where there is no scheduler at all", async () => {
  const scope = Effect.runSync(Scope.make())
  const empty = await Effect.runPromise(Scope.provide(MemoryNetwork.make(), scope))
  assert.instanceOf(
    await rejection(connect(MemoryTransport.layer(empty, "client"))),
    ConnectionFailed,
  )
  await Effect.runPromise(Scope.close(scope, Exit.void))
})

it("takes no longer frames from the scheduler than its limits allow", async () => {
  await using net = await network()
  const limits = { payloadBytesMax: 1_000, frameBytesMax: 1_100_000 }
  const client = await connect(net.network.join("client"), { limits, onSchedulerLost: "fail" })
  const future = client.submit(work, 1)
  await atRest()
  net.scheduler.say(say.succeeded(future.number, "x".repeat(1_200_000)))
  assert.instanceOf(await rejection(future), TaskLost)
  await client.close()
})
