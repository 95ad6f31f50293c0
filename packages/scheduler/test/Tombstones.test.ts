import type { SchedulerTask } from "@scaler-ts/protocol"
import assert from "node:assert/strict"
import { test } from "vitest"
import { Tombstones } from "../src/Tombstones.ts"

const confirmOf = (attempt: number): SchedulerTask.Confirm => ({
  _tag: "Confirm",
  type: "canceled",
  how: "killed",
  worker: "w",
  attempt,
  stopMs: 2,
})

test("the newest confirms are kept, at least max and at most twice as many (G7)", () => {
  const max = 10
  const tombstones = new Tombstones(max)
  for (let task = 1; task <= 1_000; task++) {
    tombstones.add(task, confirmOf(task))
    assert.ok(tombstones.size <= 2 * max)
    for (let newer = Math.max(1, task - max + 1); newer <= task; newer++) {
      assert.equal(tombstones.get(newer)?.attempt, newer)
    }
  }
  assert.equal(tombstones.get(1_000 - 2 * max), undefined)
})

test("what was never added is not there", () => {
  assert.equal(new Tombstones(1).get(1), undefined)
})
