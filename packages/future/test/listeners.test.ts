import { assert, it } from "@effect/vitest"
import { Client, Future } from "@scaler-ts/future"
import { asCompleted } from "@scaler-ts/future/stream"
import type { ClientReceiver, ClientSession } from "@scaler-ts/protocol"
import { defineTasks } from "@scaler-ts/protocol/tasks"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { entryOf } from "../src/internal/FutureEntry.ts"

const { work } = defineTasks(import.meta.url, { work: (input: number) => input })

/** A client whose session answers nothing but the hello, and two of its futures. */
const pending = Effect.gen(function* () {
  let opened: ClientReceiver | undefined
  const session: ClientSession = {
    open: (receiver) => {
      opened = receiver
    },
    send: (message) => {
      if (message._tag !== "ClientHello") return
      opened?.receive([{ _tag: "HelloEcho", session: message.session, scheduler: "s" }])
    },
    close: () => {},
  }
  const client = yield* Client.make(session)
  yield* Effect.addFinalizer(() => Effect.sync(() => opened?.lost("end of the test")))
  const futures = [yield* client.submit(work, 1), yield* client.submit(work, 2)]
  const counts = (): ReadonlyArray<number> =>
    futures.map((future) => {
      const { waiting } = entryOf(future)
      return waiting instanceof Set ? waiting.size : waiting === undefined ? 0 : 1
    })
  return { futures, counts }
})

it.effect("who gives up waiting is forgotten: await, wait and asCompleted leave nothing (G7)", () =>
  Effect.gen(function* () {
    const { futures, counts } = yield* pending
    const waits = [
      ...futures.map((future) => Effect.asVoid(Effect.exit(Future.await(future)))),
      Effect.asVoid(Future.wait(futures, { until: "first" })),
      Stream.runDrain(asCompleted(futures)),
    ]
    const fibers = yield* Effect.forEach(waits, (wait) =>
      Effect.forkChild(wait, { startImmediately: true }),
    )
    assert.deepStrictEqual(counts(), [3, 3])
    yield* Fiber.interruptAll(fibers)
    assert.deepStrictEqual(counts(), [0, 0])
  }),
)

it.effect("a stream that is ended early waits for no other future any more (G7)", () =>
  Effect.gen(function* () {
    const { futures, counts } = yield* pending
    const [first] = futures
    if (first === undefined) return assert.fail()
    const taking = yield* Effect.forkChild(Stream.runDrain(Stream.take(asCompleted(futures), 1)), {
      startImmediately: true,
    })
    assert.deepStrictEqual(counts(), [1, 1])
    yield* Future.forget(first)
    yield* Fiber.join(taking)
    assert.deepStrictEqual(counts(), [0, 0])
  }),
)
