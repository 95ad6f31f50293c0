import { once } from "node:events"
import { assert, describe, it } from "vitest"
import { runFile, startFile } from "./support/runFile.ts"

describe("every example runs alone and prints what it shows", () => {
  it("first.ts: a value and a receipt", async () => {
    const { stdout } = await runFile("examples/first.ts")
    assert.match(stdout, /^144\n\{\s+_tag: 'Stopped',\s+how: 'cooperative'/)
  })

  it("map.ts: the failing item harms no other (R28)", async () => {
    const { stdout } = await runFile("examples/map.ts")
    assert.deepStrictEqual(stdout.trimEnd().split("\n"), [
      "half of 2: 1",
      "half of 4: 2",
      'half of 5: task "half" (attempt 1 on "worker-1") failed: RangeError: 5 is odd',
      "half of 8: 4",
    ])
  })

  it("race.ts: the loser has stopped before the race is over (G2)", async () => {
    const { stdout } = await runFile("examples/race.ts")
    const lines = stdout.trimEnd().split("\n")
    assert.deepStrictEqual(lines.slice(-2), ["the hare won", "still under way: 0"])
    // On a busy machine its thread may not have begun, and then there is nothing to tell.
    assert.include(["", "the tortoise was told to stop, and stops"], lines.slice(0, -2).join())
  })

  it("nested.ts: one slot is enough for tasks that wait for one another (R31)", async () => {
    const { stdout } = await runFile("examples/nested.ts")
    assert.strictEqual(stdout, "fib(10) is 55, by 177 tasks in 1 slot\n")
  })

  it("cancel.ts: a task that never listens is killed, and the receipt says so (G2)", async () => {
    const { stdout } = await runFile("examples/cancel.ts")
    assert.match(stdout, /Task 1 says: "I have started/)
    assert.match(stdout, /_tag: 'Stopped',\s+how: 'killed'/)
  })

  it("zmq: the first example with scheduler and worker in processes of their own, which end when they are told", async () => {
    const scheduler = await startFile("examples/zmq/scheduler.ts", ["tcp://127.0.0.1:*"])
    const address = scheduler.printed.trim().replace("listening at ", "")
    const worker = await startFile("examples/zmq/worker.ts", [address, "worker-1"])
    const { stdout } = await runFile("examples/zmq/client.ts", address)
    assert.match(stdout, /^144\n\{\s+_tag: 'Stopped',\s+how: 'cooperative',\s+worker: 'worker-1'/)
    for (const { child } of [worker, scheduler]) {
      child.kill("SIGTERM")
      assert.deepStrictEqual(await once(child, "exit"), [0, null])
    }
  })
})
