import { assert, describe, it } from "vitest"
import { runFile } from "./support/runFile.ts"

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

  it("cancel.ts: a task that never listens is killed, and the receipt says so (G2)", async () => {
    const { stdout } = await runFile("examples/cancel.ts")
    assert.match(stdout, /Task 1 says: "I have started/)
    assert.match(stdout, /_tag: 'Stopped',\s+how: 'killed'/)
  })
})
