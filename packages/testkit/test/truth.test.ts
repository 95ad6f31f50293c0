/** A client that is told something else than what happened: each lie is found by the guarantee it breaks. */
import { Future } from "@scaler-ts/future"
import { type ClientReceiver, type ClientSession, type Message, Values } from "@scaler-ts/protocol"
import type * as Protocol from "@scaler-ts/protocol"
import type { RaceBody } from "@scaler-ts/testkit"
import assert from "node:assert/strict"
import { afterEach, describe, test, vi } from "vitest"
import { cancelled, explore, violated } from "./support/races.ts"

type Heard = Message.SchedulerToClient
const planted = vi.hoisted(() => ({
  lie: undefined as ((message: Heard, receiver: ClientReceiver) => Heard) | undefined,
}))

vi.mock("@scaler-ts/protocol", async (original) => {
  const real = await original<typeof Protocol>()
  const clientOverWire = (...args: Parameters<typeof real.clientOverWire>): ClientSession => {
    const session = real.clientOverWire(...args)
    return {
      send: (message) => session.send(message),
      close: () => session.close(),
      open: (receiver) =>
        session.open({
          ...receiver,
          receive: (messages) =>
            receiver.receive(messages.map((one) => planted.lie?.(one, receiver) ?? one)),
        }),
    }
  }
  return { ...real, clientOverWire }
})

afterEach(() => {
  planted.lie = undefined
})

const awaited: RaceBody = function* ({ submit, job }) {
  yield* Future.outcome(yield* submit(job("work", { value: 1 })))
}

const stopping = (how: Message.ConfirmHow) => (message: Heard) =>
  message._tag === "TaskCancelConfirm" ? { ...message, how } : message

const lies: ReadonlyArray<readonly [string, RaceBody, string, RegExp, typeof planted.lie]> = [
  [
    "another value",
    awaited,
    "G5",
    /has the value 99, which no attempt returned/,
    (message) =>
      message._tag === "TaskResult" ? { ...message, payload: Values.encode(99) } : message,
  ],
  [
    "a failure instead of a value",
    awaited,
    "G5",
    /failed, although no attempt of it did/,
    (message) => (message._tag === "TaskResult" ? { ...message, type: "failed" } : message),
  ],
  [
    "that it was killed",
    cancelled,
    "G2",
    /was Stopped, killed, but attempt 1.*has stopped/,
    stopping("killed"),
  ],
  [
    "that it never started",
    cancelled,
    "G2",
    /was Stopped, never-started, but attempt 1.*has stopped/,
    stopping("neverStarted"),
  ],
  [
    "that it took longer to stop",
    cancelled,
    "G2",
    /was Stopped after 7 ms, but attempt 1.* took 0 ms to stop/,
    (message) =>
      message._tag === "TaskCancelConfirm" && message.how === "cooperative"
        ? { ...message, stopMs: 7 }
        : message,
  ],
  [
    "that its connection is lost",
    awaited,
    "G5",
    /is lost with a connection that nobody cut/,
    (message, receiver) => {
      if (message._tag === "TaskResult") receiver.lost("what was sent could not be read")
      return message
    },
  ],
]

describe("a client is told", () => {
  for (const [what, body, guarantee, sentence, lie] of lies) {
    test(`${what}: ${guarantee}`, async () => {
      assert.equal((await explore(body))._tag, "Verified")
      planted.lie = lie
      const { failure } = await violated(body)
      assert.equal(failure.guarantee, guarantee)
      assert.match(failure.what, sentence)
    })
  }
})
