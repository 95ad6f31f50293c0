// What becomes of failures that nobody handles, seen from outside: processes of their own, with Node's
// own way to treat unhandled rejections.
import { execFile } from "node:child_process"
import { join } from "node:path"
import { assert, describe, it } from "vitest"
import { root } from "../support/runFile.ts"

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

const run = (program: string): Promise<Ended> =>
  new Promise((resolve) => {
    const file = join(root, "tests/promise/fixtures/unhandled.ts")
    const args = ["--expose-gc", "--conditions=@scaler-ts/source", file, program]
    const { NODE_OPTIONS: _, ...env } = process.env
    execFile(process.execPath, args, { env: { ...env, NO_COLOR: "1" } }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    )
  })

const quiet: ReadonlyArray<readonly [program: string, printed: string]> = [
  ["cancelled", ""],
  ["cancelledBySignal", ""],
  ["cancelledByClose", ""],
  ["outcome", ""],
  ["onDone", ""],
  ["waited", ""],
  ["mapped", "Failed\n"],
  ["state", "failed\n"],
  ["forgotten", ""],
  ["awaitedLate", "caught TaskFailed\n"],
]

describe("nothing is reported", () => {
  it.each(quiet)("%s", async (program, printed) => {
    assert.deepStrictEqual(await run(program), {
      code: 0,
      stdout: `${printed}closing\nthe end\n`,
      stderr: "",
    })
  })
})

describe("an unhandled rejection that names the task, where the value was asked for", () => {
  it.each([
    ["then", /TaskFailed: task "fail" .* failed: RangeError: out of range/],
    ["finally", /TaskFailed: task "fail" .* failed: RangeError: out of range/],
    ["call", /TaskFailed: task "fail" .* failed: RangeError: out of range/],
    ["all", /TaskFailed: task "fail" .* failed: RangeError: out of range/],
    ["thenCancelled", /TaskCancelled: task "forever" was cancelled \(Stopped\)/],
  ])("%s", async (program, said) => {
    const { code, stdout, stderr } = await run(program)
    assert.strictEqual(code, 1)
    assert.notInclude(stdout, "the end")
    assert.match(stderr, said)
  })

  it("shows where the task threw", async () => {
    const { stderr } = await run("call")
    assert.match(stderr, /\[cause\]: .*RangeError.*: out of range\n\s+at .*unhandled\.ts:\d+/)
  })
})

describe("a warning of what nobody looked at, on stderr, and the program goes on", () => {
  it("when the client closes", async () => {
    const { code, stdout, stderr } = await run("unseen")
    assert.deepStrictEqual([code, stdout], [0, "closing\nthe end\n"])
    assert.match(stderr, /WARN .*nobody looked at the failure of 1 task: await the future/)
    assert.match(stderr, /TaskFailed: task "fail" .* failed: RangeError: out of range/)
  })

  it("in one, of which ten are shown", async () => {
    const { code, stderr } = await run("unseenMany")
    assert.strictEqual(code, 0)
    assert.match(stderr, /failure of 25 tasks \(the first 10 follow\)/)
    assert.strictEqual(stderr.match(/number: \d+/g)?.length, 10)
  })

  it("when its future has been collected as garbage", async () => {
    const { code, stdout, stderr } = await run("collected")
    assert.deepStrictEqual([code, stdout], [0, "warnings: 1\nclosing\nthe end\n"])
    assert.strictEqual(stderr.match(/nobody looked at the failure of 1 task/g)?.length, 1)
  })
})

describe("what a callback throws or rejects with is logged on stderr, and harms nobody (G10)", () => {
  it.each(["callbackThrows", "callbackRejects"])("%s", async (program) => {
    const { code, stdout, stderr } = await run(program)
    assert.deepStrictEqual([code, stdout], [0, "closing\nthe end\n"])
    assert.match(stderr, /ERROR .*a callback of task "nothing" \(1\) threw.*of a callback/)
  })
})
