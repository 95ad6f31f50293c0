/** A session whose scheduler says nothing: it asks, and gives the connection up in time. */
import {
  clientOverWire,
  type Message,
  type SessionOptions,
  type Transport,
  type TransportListener,
  Wire,
} from "@scaler-ts/protocol"
import assert from "node:assert/strict"
import { test } from "vitest"

const echo: Message.HelloEcho = { _tag: "HelloEcho", session: "s", scheduler: "scheduler" }

/** An accepted session, with time in the test's hand. */
const accepted = (options: SessionOptions = {}) => {
  let nowMs = 0
  let timers: Array<{ readonly atMs: number; readonly run: () => void }> = []
  const after = (delayMs: number, run: () => void): (() => void) => {
    const timer = { atMs: nowMs + delayMs, run }
    timers.push(timer)
    return () => void (timers = timers.filter((other) => other !== timer))
  }
  const box = { isFull: false }
  const said: Array<string> = []
  let listener: TransportListener | undefined
  const transport: Transport = {
    self: "client",
    listen: (given) => {
      listener = given
    },
    send: (_, frame) => {
      if (box.isFull) return false
      const { messages } = Wire.decode(frame, Wire.toScheduler)
      said.push(...messages.map(({ _tag }) => _tag))
      return true
    },
    disconnect: () => void said.push("disconnect"),
    close: () => {},
  }
  const loop = { after, afterInBackground: after, nowMs: () => nowMs, random: () => 0 }
  const session = clientOverWire(
    transport,
    { ...loop, defer: (run) => run() },
    "scheduler",
    options,
  )
  const lost: Array<string> = []
  session.open({
    receive: () => {},
    lost: (reason) => lost.push(reason),
    setCanceled: () => {},
  })
  session.send({ _tag: "ClientHello", session: "s" })
  let sequence = 0
  const hear = (message: Message.SchedulerToClient): void =>
    listener?.frame("scheduler", Wire.encode([message], ++sequence, 1))
  hear(echo)
  said.length = 0
  return {
    session,
    box,
    lost,
    hear,
    timers: () => timers.length,
    writable: () => listener?.writable("scheduler"),
    said: () => said.splice(0),
    pass: (ms: number) => {
      for (const until = nowMs + ms; ;) {
        const [next] = timers.toSorted((a, b) => a.atMs - b.atMs)
        if (next === undefined || next.atMs > until) return void (nowMs = until)
        nowMs = next.atMs
        timers = timers.filter((other) => other !== next)
        next.run()
      }
    },
  }
}

test("a silent scheduler is asked twice, and then the connection is given up and made anew (R25)", () => {
  const { lost, pass, said } = accepted()
  pass(14_999)
  assert.deepEqual(said(), ["Heartbeat", "Heartbeat"])
  pass(1)
  assert.deepEqual([said(), lost], [["disconnect", "ClientHello"], []])
  pass(10_000)
  assert.deepEqual(lost, ["nothing was heard for 15000 ms; it could not be resumed in time"])
})

test("one that answers is kept, for as long as it does", () => {
  const { hear, lost, pass, said } = accepted()
  for (let times = 0; times < 100; times++) {
    pass(5_000)
    assert.deepEqual(said(), ["Heartbeat"])
    hear({ _tag: "HeartbeatEcho" })
  }
  assert.deepEqual(lost, [])
})

test("a stuck send does not hold up the clock, and asks for nothing more (R26)", () => {
  const { box, lost, pass, said, session } = accepted({ resumeMs: 0 })
  box.isFull = true
  session.send({ _tag: "TaskCancel", task: 1, attempt: 0, force: true })
  pass(15_000)
  assert.deepEqual([said(), lost], [["disconnect"], ["nothing was heard for 15000 ms"]])
})

test("a session that may be silent for ever asks nothing, and sets no timer", () => {
  const { pass, said, timers } = accepted({ silenceMs: Infinity })
  assert.equal(timers(), 0)
  pass(1_000_000)
  assert.deepEqual(said(), [])
})

test("one that is closed, or lost, looks no more (G7)", () => {
  const closed = accepted()
  closed.session.close()
  closed.hear({ _tag: "HeartbeatEcho" })
  assert.equal(closed.timers(), 0)
  const lost = accepted({ resumeMs: 0 })
  lost.pass(15_000)
  assert.equal(lost.timers(), 0)
})

test("one whose last word nobody acknowledges waits no longer than for any other (G8)", () => {
  const { pass, said, session, timers } = accepted()
  session.send({ _tag: "ClientDisconnect" })
  session.close()
  pass(14_999)
  assert.deepEqual(said(), ["ClientDisconnect"])
  pass(1)
  assert.deepEqual([said(), timers()], [["disconnect"], 0])
})

test("a hello that an outbox had no room for is said when there is some", () => {
  const { box, lost, pass, said, writable } = accepted()
  box.isFull = true
  pass(15_000)
  assert.deepEqual(said(), ["disconnect"])
  box.isFull = false
  writable()
  assert.deepEqual([said(), lost], [["ClientHello"], []])
})

test("times nobody can mean are refused, and say what to give", () => {
  for (const [times, why] of [
    [{ resumeMs: -1 }, "resumeMs is -1; give milliseconds from 0 up"],
    [{ resumeMs: Number.NaN }, "resumeMs is NaN; give milliseconds from 0 up"],
    [{ silenceMs: 0 }, "silenceMs is 0; give milliseconds from 1 up"],
    [{ silenceMs: Number.NaN }, "silenceMs is NaN; give milliseconds from 1 up"],
  ] as const) {
    assert.throws(
      () => accepted(times),
      (error) => error instanceof RangeError && error.message.startsWith(why),
    )
  }
})
