import assert from "node:assert/strict"
import { describe, test } from "vitest"
import {
  type ClientSession,
  clientOverWire,
  type Message,
  type Transport,
  type TransportListener,
  Wire,
} from "../src/index.ts"
import { messagesPerFrameMax } from "../src/internal/frameEnd.ts"
import { earlyMessages } from "../src/Link.ts"
import { cancel, numbers, started } from "./said.ts"
import { timeless } from "./timeless.ts"

/** A transport of which the test is the other side, and turns that the test takes one by one. */
const harness = () => {
  const sent: Array<Uint8Array> = []
  const turns: Array<() => void> = []
  const disconnected: Array<string> = []
  const box = { room: Number.POSITIVE_INFINITY }
  let listener: TransportListener | undefined
  const transport: Transport = {
    self: "client",
    listen: (given) => {
      listener = given
    },
    send: (to, frame) => {
      assert.equal(to, "scheduler")
      if (box.room === 0) return false
      box.room--
      sent.push(frame)
      return true
    },
    disconnect: (peer) => disconnected.push(peer),
    close: () => undefined,
  }
  const session: ClientSession = clientOverWire(
    transport,
    timeless((run) => void turns.push(run)),
    "scheduler",
    { resumeMs: 0 },
  )
  const heard: Array<ReadonlyArray<Message.SchedulerToClient>> = []
  const lost: Array<string> = []
  session.open({
    receive: (messages) => heard.push(messages),
    lost: (reason) => lost.push(reason),
    setCanceled: () => undefined,
  })
  assert.ok(listener !== undefined)
  return {
    session,
    box,
    disconnected,
    heard,
    lost,
    listener,
    /** Takes every turn that somebody waits for. */
    turn: () => {
      for (const run of turns.splice(0)) run()
    },
    /** What has been sent since the last look, frame by frame. */
    frames: () => sent.splice(0).map((bytes) => Wire.decode(bytes, Wire.toScheduler)),
    /** The scheduler sends a frame. */
    hear: (sequence: number, ...messages: ReadonlyArray<Message.SchedulerToClient>) =>
      listener?.frame("scheduler", Wire.encode(messages, sequence, 0)),
  }
}

describe("a session over the wire sends", () => {
  test("all messages of one turn in one frame, in order", () => {
    const { frames, session, turn } = harness()
    for (const task of numbers(3)) session.send(cancel(task))
    assert.deepEqual(frames(), [])
    turn()
    const [frame, ...more] = frames()
    assert.deepEqual(frame?.messages, numbers(3).map(cancel))
    assert.equal(frame?.sequence, 1)
    assert.equal(more.length, 0)
  })

  test("the next turn's in the next frame, which is numbered and acknowledges what came", () => {
    const { frames, hear, session, turn } = harness()
    session.send(cancel(1))
    turn()
    hear(1, started(1))
    session.send(cancel(2))
    turn()
    assert.deepEqual(
      frames().map(({ sequence, acknowledged }) => [sequence, acknowledged]),
      [
        [1, 0],
        [2, 1],
      ],
    )
  })

  test("many messages of one turn before it is over, so that the peer can begin with them", () => {
    const { frames, session, turn } = harness()
    const many = numbers(2 * earlyMessages + 1)
    const lengths = () => frames().map(({ messages }) => messages.length)
    for (const task of many.slice(0, -2)) session.send(cancel(task))
    assert.deepEqual(lengths(), [earlyMessages])
    for (const task of many.slice(-2)) session.send(cancel(task))
    assert.deepEqual(lengths(), [earlyMessages])
    turn()
    assert.deepEqual(lengths(), [1])
  })

  test("more than a frame may hold in several frames", () => {
    const { box, frames, listener, session, turn } = harness()
    const many = numbers(messagesPerFrameMax + 1)
    box.room = 0
    for (const task of many) session.send(cancel(task))
    box.room = Infinity
    listener.writable("scheduler")
    turn()
    const sent = frames()
    assert.deepEqual(
      sent.map(({ messages }) => messages.length),
      [messagesPerFrameMax, 1],
    )
    assert.deepEqual(
      sent.flatMap(({ messages }) => messages),
      many.map(cancel),
    )
  })

  test("what a full outbox did not take once it takes frames again, nothing lost or swapped", () => {
    const { box, frames, listener, session, turn } = harness()
    box.room = 1
    for (const task of numbers(3)) {
      session.send(cancel(task))
      turn()
    }
    box.room = 1
    listener.writable("scheduler")
    turn()
    assert.deepEqual(
      frames().map(({ sequence, messages }) => [sequence, messages]),
      [
        [1, [cancel(1)]],
        [2, [cancel(2), cancel(3)]],
      ],
    )
  })

  test("nothing for an outbox that becomes writable while there is nothing to send", () => {
    const { frames, listener, turn } = harness()
    listener.writable("scheduler")
    turn()
    assert.deepEqual(frames(), [])
  })
})

describe("a session over the wire hears", () => {
  test("the messages of a frame together, in order", () => {
    const { hear, heard } = harness()
    hear(1, started(1), started(2))
    hear(2, started(3))
    assert.deepEqual(heard, [[started(1), started(2)], [started(3)]])
  })

  test("a frame that comes twice once", () => {
    const { hear, heard, lost } = harness()
    hear(1, started(1))
    hear(1, started(1))
    hear(2, started(2))
    assert.deepEqual(heard.flat(), [started(1), started(2)])
    assert.deepEqual(lost, [])
  })

  test("nobody but its scheduler", () => {
    const { heard, listener, lost } = harness()
    listener.frame("stranger", Wire.encode([started(1)], 1, 0))
    listener.gone("stranger", "left")
    assert.deepEqual([heard, lost], [[], []])
  })

  const unreadable: ReadonlyArray<readonly [string, Uint8Array, RegExp]> = [
    [
      "that follows a missing one",
      Wire.encode([], 3, 0),
      /frame 3 came after frame 1: frames have/,
    ],
    ["that is malformed", new Uint8Array([0xc1]), /frame: not one msgpack value/],
    ["of the wrong direction", Wire.encode([cancel(1)], 2, 0), /not for a client/],
  ]
  for (const [which, bytes, reason] of unreadable) {
    test(`a frame ${which} as the end: the scheduler is told, the session lost once`, () => {
      const { disconnected, frames, hear, heard, listener, lost, session, turn } = harness()
      hear(1, started(1))
      listener.frame("scheduler", bytes)
      assert.equal(lost.length, 1)
      assert.match(lost[0] ?? "", /what the scheduler sent could not be read/)
      assert.match(lost[0] ?? "", reason)
      session.send(cancel(1))
      turn()
      const [said, ...more] = frames().flatMap(({ messages }) => messages)
      assert.equal(more.length, 0)
      assert.ok(said?._tag === "ProtocolError")
      assert.match(said.reason, reason)
      assert.deepEqual(disconnected, ["scheduler"])
      hear(2, started(2))
      listener.gone("scheduler", "gone")
      assert.deepEqual([heard.flat(), lost.length], [[started(1)], 1])
    })
  }

  test("that the scheduler is gone once, and says nothing any more", () => {
    const { frames, hear, heard, listener, lost, session, turn } = harness()
    session.send(cancel(1))
    listener.gone("scheduler", "connection reset")
    listener.gone("scheduler", "again")
    hear(1, started(1))
    session.send(cancel(2))
    turn()
    assert.deepEqual([lost, heard, frames()], [["connection reset"], [], []])
  })
})

describe("closing a session over the wire", () => {
  test("hands over what was sent before, then disconnects, and is not a loss", () => {
    const { disconnected, frames, hear, heard, listener, lost, session, turn } = harness()
    session.send(cancel(1))
    session.close()
    session.close()
    session.send(cancel(2))
    assert.deepEqual(disconnected, [])
    turn()
    assert.deepEqual(
      frames().flatMap(({ messages }) => messages),
      [cancel(1)],
    )
    assert.deepEqual(disconnected, ["scheduler"])
    hear(1, started(1))
    listener.gone("scheduler", "gone")
    turn()
    assert.deepEqual([heard, lost, disconnected.length], [[], [], 1])
  })

  test("waits for a full outbox", () => {
    const { box, disconnected, frames, listener, session, turn } = harness()
    box.room = 0
    session.send(cancel(1))
    session.close()
    turn()
    assert.deepEqual(disconnected, [])
    box.room = 1
    listener.writable("scheduler")
    turn()
    assert.equal(frames().length, 1)
    assert.deepEqual(disconnected, ["scheduler"])
  })
})
