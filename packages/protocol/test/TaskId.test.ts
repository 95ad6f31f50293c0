import assert from "node:assert/strict"
import * as fc from "fast-check"
import { test } from "vitest"
import { TaskId } from "../src/index.ts"

test("a public id says whose task it is and which, whatever the session is called", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary", minLength: 1 }),
      fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
      (session, task) => {
        assert.deepEqual(TaskId.parse(TaskId.format(session, task)), { session, task })
      },
    ),
    { seed: 5 },
  )
})

test("what is no public id is none", () => {
  for (const id of ["", "a", ".1", "a.", "a.0", "a.01", "a.-1", "a.1.5e3", "a.9007199254740992"]) {
    assert.equal(TaskId.parse(id), undefined, id)
  }
  assert.equal(TaskId.parse(`${"a".repeat(1_016)}.1`), undefined, "longer than any")
})
