import assert from "node:assert/strict"
import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { test } from "vitest"

const program = fileURLToPath(new URL("./fixtures/exits.ts", import.meta.url))

/** What may be open while the program still prints: its pipes to this process. */
const pipes = new Set(["PipeWrap", "TTYWrap", "WriteWrap", "ShutdownWrap"])

for (const executor of ["inline", "thread", "process"]) {
  test(`a program with ${executor} workers ends by itself once its cluster has stopped (G7, R34)`, async () => {
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      ["--conditions=@scaler-ts/source", program, executor],
      // Not a wait: a program that hangs is killed, and the test fails.
      { timeout: 25_000 },
    )
    const printed: unknown = JSON.parse(stdout)
    assert.ok(typeof printed === "object" && printed !== null && "active" in printed)
    assert.ok("result" in printed && Array.isArray(printed.active))
    assert.deepEqual(printed.result, [4, "running"])
    assert.deepEqual(
      printed.active.filter((resource) => !pipes.has(String(resource))),
      [],
    )
    assert.equal(stderr, "")
  })
}
