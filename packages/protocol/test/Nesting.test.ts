import { assert, test } from "vitest"
import type { ClientToScheduler, SchedulerToClient, ToSubmitter } from "../src/Message.ts"
import { type Credit, Nesting } from "../src/index.ts"
import { samples } from "./samples.ts"

const receiver = { lost: (): void => {}, setCanceled: (): void => {} }

test("what is not passed on is refused by name, and its client alone is told", () => {
  const heard: Array<SchedulerToClient> = []
  const others: Array<SchedulerToClient> = []
  const nesting = new Nesting({ said: () => assert.fail("passed on"), waits: () => {} })
  const session = nesting.connect()
  const other = nesting.connect()
  session.open({ ...receiver, receive: (messages) => void heard.push(...messages) })
  other.open({ ...receiver, receive: (messages) => void others.push(...messages) })
  // Of a newer copy of the package.
  session.send({ _tag: "TaskGreet", task: 1 } as unknown as ClientToScheduler)
  assert.deepEqual(heard.slice(1), [
    {
      _tag: "ProtocolError",
      reason:
        "a client within a task said TaskGreet, which is not passed on to the scheduler of its worker; " +
        "use a client that is connected to the scheduler",
    },
  ])
  assert.deepEqual(others.slice(1), [])
})

/** A nesting with such a bound, and clients of it that write down what they hear. */
const rig = (bound: Credit.Amount) => {
  const said: Array<number> = []
  const nesting = new Nesting({ said: ({ task }) => void said.push(task), waits: () => {} }, bound)
  const client = () => {
    const heard: Array<string> = []
    const session = nesting.connect()
    session.open({
      ...receiver,
      receive: (messages) => {
        for (const one of messages) heard.push(shown(one))
      },
    })
    const submit = (task: number, bytes = 1): void =>
      session.send({ ...samples.Task, task, input: new Uint8Array(bytes) })
    return { heard: () => heard.splice(0), submit, close: () => session.close() }
  }
  const result = (task: number): void => nesting.hear({ ...samples.TaskResult, task })
  return { nesting, said, client, result }
}

const shown = (message: SchedulerToClient): string => {
  if (message._tag === "TaskCredit") return `credit ${message.tasks} ${message.bytes}`
  return "task" in message ? `${message._tag} ${message.task}` : message._tag
}

test("who has as many children as there may be is given credit when one has ended (R48)", () => {
  const { client, result, nesting, said } = rig({ tasks: 2, bytes: 100 })
  const one = client()
  assert.deepEqual(one.heard(), ["credit 2 100"])
  one.submit(1, 60)
  one.submit(2, 60)
  assert.deepEqual(one.heard(), [])
  const refused: ToSubmitter = { ...samples.TaskCancelConfirm, type: "cancelFailed", task: 1 }
  nesting.hear(refused)
  assert.deepEqual(one.heard(), ["TaskCancelConfirm 1"], "it goes on")
  result(1)
  result(1)
  assert.deepEqual(one.heard(), ["TaskResult 1", "credit 1 60"], "once")
  one.submit(3)
  one.submit(4)
  assert.deepEqual([one.heard(), said], [["ProtocolError"], [1, 2, 3]], "without credit")
})

test("all clients within a task share one bound, and what is left of one that has gone counts", () => {
  const { client, result } = rig({ tasks: 2, bytes: 100 })
  const one = client()
  one.submit(1)
  one.submit(2)
  one.close()
  one.heard()
  const other = client()
  assert.deepEqual(other.heard(), ["credit 0 0"])
  result(1)
  assert.deepEqual([one.heard(), other.heard()], [["TaskResult 1"], ["credit 1 99"]])
  other.submit(3)
  result(2)
  assert.deepEqual(other.heard(), ["credit 1 1"])
})
