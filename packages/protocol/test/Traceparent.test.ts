// The examples and rules of the W3C recommendation "Trace Context", section 3.2.
import { assert, describe, it } from "vitest"
import { Traceparent } from "../src/index.ts"

const traceId = "4bf92f3577b34da6a3ce929d0e0e4736"
const spanId = "00f067aa0ba902b7"
const known = `00-${traceId}-${spanId}-01`

describe("traceparent", () => {
  it("names a span, and whether it is recorded", () => {
    assert.deepStrictEqual(Traceparent.parse(known), { traceId, spanId, sampled: true })
    const flags = (text: string) => Traceparent.parse(known.replace(/01$/, text))?.sampled
    assert.deepStrictEqual(["00", "01", "02", "ff"].map(flags), [false, true, false, true])
  })

  it("is read as this version where a later one says more, and goes on as this one", () => {
    for (const later of [
      known.replace(/^00/, "cc"),
      `${known.replace(/^00/, "01")}-what-the-future-will-be-like`,
    ]) {
      assert.strictEqual(Traceparent.normal(later), known)
    }
    assert.strictEqual(Traceparent.normal(known.replace(/01$/, "03")), known)
  })

  it.each([
    ["nothing", ""],
    ["version ff", known.replace(/^00/, "ff")],
    ["a trace of zeros", `00-${"0".repeat(32)}-${spanId}-01`],
    ["a span of zeros", `00-${traceId}-${"0".repeat(16)}-01`],
    ["capital letters", known.toUpperCase()],
    ["what is no hexadecimal digit", known.replace("f92", "g92")],
    ["too short a trace", `00-${traceId.slice(1)}-${spanId}-01`],
    ["more than version 00 has", `${known}-00`],
    ["more without a dash", `${known.replace(/^00/, "cc")}.what`],
    ["a space around it", ` ${known}`],
    ["a line behind it", `${known}\n`],
    ["no flags", `00-${traceId}-${spanId}`],
  ])("ignores %s", (_, text) => {
    assert.isUndefined(Traceparent.parse(text))
    assert.strictEqual(Traceparent.normal(text), "")
  })

  it("is written with all digits of short ids", () => {
    const short = { traceId: "a3ce929d0e0e4736", spanId: "1", sampled: false }
    assert.strictEqual(
      Traceparent.format(short),
      `00-${"0".repeat(16)}a3ce929d0e0e4736-${"0".repeat(15)}1-00`,
    )
  })
})
