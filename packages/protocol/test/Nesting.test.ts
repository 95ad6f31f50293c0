import { assert, test } from "vitest"
import type { ClientToScheduler, SchedulerToClient } from "../src/Message.ts"
import { Nesting } from "../src/index.ts"

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
  assert.deepEqual(heard, [
    {
      _tag: "ProtocolError",
      reason:
        "a client within a task said TaskGreet, which is not passed on to the scheduler of its worker; " +
        "use a client that is connected to the scheduler",
    },
  ])
  assert.deepEqual(others, [])
})
