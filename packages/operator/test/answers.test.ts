import type { Message } from "@scaler-ts/protocol"
import assert from "node:assert/strict"
import { test } from "vitest"
import { samplesOf13 } from "../../protocol/test/samples.ts"
import { drainedOf, eventOf, receiptOf, statusOf, stoppedOf } from "../src/internal/answers.ts"
import type { CancelReceipt } from "../src/vocabulary.ts"

const told: Message.OrderTold = {
  _tag: "OrderTold",
  request: 1,
  outcome: "done",
  end: "none",
  how: "unknown",
  worker: "w",
  attempt: 2,
  stopMs: 3,
}

const left: Message.TaskTold = {
  _tag: "TaskTold",
  request: 1,
  id: "a.1",
  name: "sqrt",
  state: "running",
  end: "none",
  worker: "w",
  attempt: 1,
  ageMs: 5,
  rung: "none",
}

const more: Message.TasksTold = { _tag: "TasksTold", request: 1, leftOut: 7, cut: false }

const stopped = { worker: "w", attempt: 2, stopMs: 3 }

const receipts: ReadonlyArray<readonly [Partial<Message.OrderTold>, CancelReceipt]> = [
  [{ how: "neverStarted" }, { _tag: "Stopped", how: "never-started", ...stopped }],
  [{ how: "cooperative" }, { _tag: "Stopped", how: "cooperative", ...stopped }],
  [{ how: "killed" }, { _tag: "Stopped", how: "killed", ...stopped }],
  [{ how: "unknown" }, { _tag: "Stopped", how: "unknown", ...stopped }],
  [{ how: "workerLost" }, { _tag: "WorkerLost", worker: "w" }],
  [
    { outcome: "ended", end: "timedOut" },
    { _tag: "Finished", end: "timedOut", worker: "w" },
  ],
  [{ outcome: "refused" }, { _tag: "Refused", worker: "w" }],
  [{ outcome: "notFound" }, { _tag: "NotFound" }],
]

for (const [answer, receipt] of receipts) {
  test(`${Object.values(answer).join(", ")} is the receipt ${receipt._tag}`, () => {
    assert.deepEqual(receiptOf([{ ...told, ...answer }]), receipt)
  })
}

test("what was left comes with the answer, and how much more there was", () => {
  const task = { id: "a.1", name: "sqrt", state: "running", worker: "w" }
  assert.deepEqual(drainedOf([left, more, told]), { _tag: "Left", left: [task], more: 7 })
  assert.deepEqual(drainedOf([told]), { _tag: "Left", left: [], more: 0 })
  assert.deepEqual(drainedOf([{ ...told, outcome: "notFound" }]), { _tag: "NotFound" })
  assert.deepEqual(stoppedOf([left, told]), { _tag: "Stopped", left: [task], more: 0 })
})

test("who watches is told of moves and of what is missing, and of nothing else", () => {
  const { _tag, request: _request, ageMs, rung: _rung, ...move } = left
  assert.deepEqual(eventOf(left), { _tag: "Moved", ...move, heldMs: ageMs })
  assert.deepEqual(eventOf(more), { _tag: "LeftOut", count: 7, cut: false })
  assert.equal(eventOf(told), undefined)
})

test("what waits for workers that may run it already has that as its reason", () => {
  const waiting: Message.WaitingTold = {
    ...samplesOf13.WaitingTold,
    why: "busy",
    recovering: false,
  }
  const status = { _tag: "StatusTold", request: 1 } as Message.StatusTold
  const told = statusOf([waiting, { ...waiting, recovering: true }, status])
  const { _tag, request: _request, recovering: _recovering, ...busy } = waiting
  assert.deepEqual(told.waiting, [busy, { ...busy, why: "recovering" }])
})
