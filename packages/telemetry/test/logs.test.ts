import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { afterEach, vi } from "vitest"
import { type LogFormat, logFormats, logs } from "../src/index.ts"

/** What is written to stderr, and that nothing is to stdout. */
const written = async (format: LogFormat): Promise<string> => {
  const out = vi.spyOn(console, "log").mockImplementation(() => {})
  const lines: Array<unknown> = []
  vi.spyOn(console, "error").mockImplementation((...line) => void lines.push(...line))
  const line = Effect.annotateLogs(Effect.logWarning("left behind"), {
    "scaler.task.id": "session.7",
    "scaler.task.attempt": 2,
  })
  await Effect.runPromise(Effect.provide(line, logs(format, { colors: false })))
  assert.strictEqual(out.mock.calls.length, 0)
  return lines.join("\n")
}

afterEach(() => void vi.restoreAllMocks())

describe("log lines", () => {
  it("are objects of JSON, with what they are about", async () => {
    const { message, level, annotations } = JSON.parse(await written("json"))
    assert.deepStrictEqual(
      [message, level, annotations],
      ["left behind", "WARN", { "scaler.task.id": "session.7", "scaler.task.attempt": 2 }],
    )
  })

  it("are pairs for logfmt, and lines for people", async () => {
    assert.match(await written("logfmt"), /^timestamp=\S+ level=WARN .*message="left behind".* scaler\.task\.id=session\.7 scaler\.task\.attempt=2$/) // oxfmt-ignore
    const pretty = await written("pretty")
    assert.match(pretty, /WARN.*left behind/)
    assert.include(pretty, "session.7")
    assert.notInclude(pretty, "\u001b")
  })

  it("of another format are refused with those that there are", () => {
    assert.throws(
      () => logs("xml" as LogFormat),
      `the log format is "xml"; give one of ${logFormats.join(", ")}`,
    )
  })
})
