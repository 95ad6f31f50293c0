/** What a link keeps until it is acknowledged, and what it says when it has nothing to say. */
import { FramesLost, Link, type Message, type Transport, Wire } from "@scaler-ts/protocol"
import assert from "node:assert/strict"
import { describe, test } from "vitest"
import { cancel, echo, hello, numbers, started, tasksOf } from "./said.ts"

type ToClient = Message.SchedulerToClient
type ToScheduler = Message.ToScheduler

describe("a link that keeps what was sent", () => {
  /** A link with its peer in the test's hand. */
  const lone = (options = {}) => {
    const sent: Array<Uint8Array> = []
    const disconnected: Array<string> = []
    const transport: Transport = {
      self: "a",
      listen: () => {},
      send: (_, frame) => sent.push(frame) > 0,
      disconnect: (peer) => void disconnected.push(peer),
      close: () => {},
    }
    const link = new Link<ToScheduler, ToClient>(transport, (run) => run(), "b", Wire.toClient, {
      resumes: true,
      ...options,
    })
    const take = () => sent.splice(0).map((bytes) => Wire.decode(bytes, Wire.toScheduler))
    return { link, take, disconnected }
  }

  test("says that frames have come when it has nothing else to say, once in 64", () => {
    const { link, take } = lone()
    link.send(hello)
    take()
    for (let n = 1; n <= 130; n++) link.receive(Wire.encode([started(n)], n, 1))
    assert.deepEqual(take(), [
      { sequence: 1, acknowledged: 64, messages: [], skipped: 0 },
      { sequence: 1, acknowledged: 128, messages: [], skipped: 0 },
    ])
  })

  test("takes a frame that only acknowledges for none, unless one before it is missing", () => {
    const { link } = lone()
    link.send(hello)
    assert.deepEqual(link.receive(Wire.encode([started(1)], 1, 1)), [started(1)])
    assert.deepEqual(link.receive(Wire.encode([], 1, 1)), [])
    assert.deepEqual(link.receive(Wire.encode([started(2)], 2, 1)), [started(2)])
    assert.ok(link.receive(Wire.encode([], 3, 1)) instanceof FramesLost)
  })

  test("waits for its peer when 1,024 frames are unacknowledged, and goes on when they are", () => {
    const { link, take } = lone()
    for (let n = 1; n <= 2_000; n++) link.send(cancel(n))
    assert.equal(take().length, 1_024)
    link.receive(Wire.encode([echo], 1, 1_000))
    assert.deepEqual(
      take().flatMap(({ messages }) => tasksOf(messages)),
      numbers(2_000).slice(1_024),
    )
  })

  test("does not take a frame for acknowledged that was never sent", () => {
    const { link } = lone()
    link.send(hello)
    const heard = link.receive(Wire.encode([echo], 1, 2))
    assert.ok(heard instanceof Error)
    assert.match(heard.message, /frame 2 was never sent, only 1/)
  })

  test("hears the end of a session by one who begins to count anew", () => {
    const { link } = lone()
    link.send(hello)
    for (const n of [1, 2]) link.receive(Wire.encode([started(n)], n, 1))
    const end: Message.ProtocolErrorMessage = { _tag: "ProtocolError", reason: "unknown" }
    assert.deepEqual(link.receive(Wire.encode([end], 1, 0)), [end])
  })

  test("gives up when more has to be kept for one who is away than its limits allow", () => {
    let overflows = 0
    const { link } = lone({ overflowed: () => overflows++ })
    link.send(hello)
    link.suspend()
    const line = "x".repeat(1_000_000)
    for (let n = 1; n <= 90; n++)
      link.send({ _tag: "TaskLog", task: 1, attempt: 1, line, from: "log" })
    assert.equal(overflows, 0)
    for (let n = 1; n <= 10; n++)
      link.send({ _tag: "TaskLog", task: 1, attempt: 1, line, from: "log" })
    assert.equal(overflows, 1)
  })

  test("gives up on one who is there and never acknowledges, unless it may take its time", () => {
    const flood = (isPatient: boolean): number => {
      let overflows = 0
      const { link, take } = lone({ isPatient, overflowed: () => overflows++ })
      link.send(hello)
      const line = "x".repeat(1_000_000)
      for (let n = 1; n <= 200; n++)
        link.send({ _tag: "TaskLog", task: 1, attempt: 1, line, from: "log" })
      take()
      return overflows
    }
    assert.deepEqual([flood(false), flood(true)], [1, 0])
  })

  test("closes once its last word was heard, or at once where nobody can hear it", () => {
    const { link, disconnected } = lone()
    link.send(hello)
    link.receive(Wire.encode([echo], 1, 1))
    link.send(cancel(1))
    link.close({ acknowledged: true })
    assert.deepEqual(disconnected, [])
    link.receive(Wire.encode([], 1, 2))
    assert.deepEqual(disconnected, ["b"])

    const away = lone()
    away.link.send(hello)
    away.link.suspend()
    away.link.close({ acknowledged: true })
    away.link.resume({ answer: true })
    assert.deepEqual([away.take().length, away.disconnected], [1, []])
  })
})
