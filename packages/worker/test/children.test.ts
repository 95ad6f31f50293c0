import type { Message } from "@scaler-ts/protocol"
import { assert, test } from "vitest"
import { Children, childrenBoundMs, type Parent } from "../src/Children.ts"
import { taskOf } from "./inlineSupport.ts"

/** A table of children with everything that it does to the world, in order. */
const rig = () => {
  const told: Array<string> = []
  const timers = new Set<() => void>()
  const sent: Array<Message.Task> = []
  const children = new Children("w", {
    send: (message) => {
      told.push(`${message._tag} ${message.task}`)
      if (message._tag === "Task") sent.push(message)
    },
    after: (delayMs, fire) => {
      assert.strictEqual(delayMs, childrenBoundMs)
      timers.add(fire)
      return () => void timers.delete(fire)
    },
    tellChild: (key, message) => {
      const how = message._tag === "TaskResult" ? ` ${message.type}` : ""
      told.push(`tell ${key}: ${message._tag} ${message.task}${how}`)
    },
    lend: (key) => told.push(`lend ${key}`),
    reclaim: (key) => told.push(`reclaim ${key}`),
    nestingMax: () => 2,
  })
  const take = (): ReadonlyArray<string> => told.splice(0)
  const pass = (): void => timers.forEach((fire) => fire())
  const ended = (key: number): void =>
    children.end(key, (left) => told.push(`ended ${key}, ${left} left`))
  return { children, sent, take, pass, timers, ended }
}

const parentOf = (key: number, depth = 0): Parent => ({
  key,
  task: 100 + key,
  attempt: 1,
  traceparent: "trace",
  depth,
})

const result = (task: number): Message.TaskResult => ({
  _tag: "TaskResult",
  task,
  attempt: 1,
  worker: "v",
  type: "success",
  payload: new Uint8Array(0),
  runMs: 0,
})

const confirm = (
  task: number,
  type: Message.TaskCancelConfirm["type"],
): Message.TaskCancelConfirm => ({
  _tag: "TaskCancelConfirm",
  task,
  attempt: 1,
  worker: "v",
  type,
  how: "unknown",
  stopMs: 0,
})

const cancel = (task: number): Message.TaskCancel => ({
  _tag: "TaskCancel",
  task,
  attempt: 0,
  force: true,
})

test("each parent has numbers of its own, and a child its depth and its parent's trace", () => {
  const { children, sent, take } = rig()
  children.said(parentOf(1), taskOf(1))
  children.said(parentOf(2, 1), { ...taskOf(1), traceparent: "own" })
  assert.deepEqual(sent.map(({ task, depth, traceparent }) => [task, depth, traceparent]), [[1, 1, "trace"], [2, 2, "own"]]) // oxfmt-ignore
  children.heard(result(2))
  children.heard(result(1))
  children.heard(result(1))
  assert.deepEqual(take().slice(2), [
    "tell 2: TaskResult 1 success",
    "tell 1: TaskResult 1 success",
  ])
  assert.strictEqual(children.size, 0)
})

test("what would be nested too deep fails, and is never sent (R31)", () => {
  const { children, take } = rig()
  children.said(parentOf(1, 2), taskOf(1))
  assert.deepEqual(take(), ["tell 1: TaskResult 1 failed"])
})

test("the end of a parent is told when the last of its children has been confirmed (R31, G2)", () => {
  const { children, take, ended, timers } = rig()
  for (const task of [1, 2, 3]) children.said(parentOf(1), taskOf(task))
  children.said(parentOf(1), cancel(2))
  take()
  ended(1)
  assert.deepEqual(take(), ["TaskCancel 1", "TaskCancel 3"])
  children.heard(confirm(1, "canceled"))
  children.heard(result(2))
  assert.notInclude(take(), "ended 1, 0 left")
  children.heard(confirm(3, "cancelFailed"))
  assert.deepEqual(take().slice(-1), ["ended 1, 0 left"])
  assert.deepEqual([children.size, timers.size], [0, 0], "G7")
})

test("nobody waits longer than the bound, and is told how many are left (G8)", () => {
  const { children, take, ended, pass } = rig()
  children.said(parentOf(1), taskOf(1))
  ended(1)
  take()
  pass()
  assert.deepEqual(take(), ["ended 1, 1 left"])
  children.heard(confirm(1, "canceled"))
  assert.deepEqual([take(), children.size], [[], 0])
})

test("a slot is lent once, and is the parent's again once", () => {
  const { children, take } = rig()
  for (const isWaiting of [true, true, false, false]) children.waits(parentOf(1), isWaiting)
  assert.deepEqual(take(), ["TaskWaits 101", "lend 1", "TaskResumes 101", "reclaim 1"])
})

test("without a scheduler children are lost, those to come too, and whose parent ends waits for none", () => {
  const { children, take, ended, timers } = rig()
  children.said(parentOf(1), taskOf(1))
  children.said(parentOf(2), taskOf(1))
  ended(2)
  take()
  children.lose("gone")
  const lost = [1, 2].map((key) => `tell ${key}: TaskResult 1 failedWorkerDied`)
  assert.sameMembers([...take()], [...lost, "ended 2, 1 left"])
  children.said(parentOf(1), taskOf(2))
  assert.deepEqual(take(), ["tell 1: TaskResult 2 failedWorkerDied"])
  assert.deepEqual([children.size, timers.size], [0, 0], "G7")
  children.begin()
  children.said(parentOf(1), taskOf(3))
  assert.deepEqual(take(), ["Task 3"])
})

test("a grace period is over at once unless all that is left of the children is their stop (R31)", () => {
  const { children, take, pass } = rig()
  assert.isFalse(children.isOnlyStopping(1))
  children.said(parentOf(1), taskOf(1))
  children.said(parentOf(1), taskOf(2))
  children.said(parentOf(1), cancel(1))
  assert.isFalse(children.isOnlyStopping(1))
  children.said(parentOf(1), cancel(2))
  assert.isTrue(children.isOnlyStopping(1))
  const stopped: Array<number> = []
  children.whenStopped(1, (left) => stopped.push(left))
  children.heard(confirm(1, "canceled"))
  assert.deepEqual(stopped, [])
  pass()
  assert.deepEqual(stopped, [1])
  children.heard(confirm(2, "cancelFailed"))
  assert.isFalse(children.isOnlyStopping(1))
  take()
})
