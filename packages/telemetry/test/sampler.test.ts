import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Option from "effect/Option"
import * as Tracer from "effect/Tracer"
import { sampling, samplerOf } from "../src/sampler.ts"

const low = "00000000000000000000000000000001"
const high = "ffffffffffffffffffffffffffffffff"

/**
 * Whether a span is recorded whose trace has this id; `parent`: whether that it belongs to is, if it does to
 * one; `wanted`: what its maker says.
 */
const recorded = (
  name: string,
  ratio: string | undefined,
  traceId: string,
  parent?: boolean,
  wanted = parent ?? true,
) => {
  const sampler = samplerOf(name, ratio)
  if ("reason" in sampler) return sampler.reason
  const inner = Tracer.make({
    span: (options) => {
      const span = new Tracer.NativeSpan(options)
      if (Option.isNone(options.parent)) span._traceId = traceId
      return span
    },
  })
  const above =
    parent === undefined
      ? Option.none()
      : Option.some(Tracer.externalSpan({ traceId, spanId: "b".repeat(16), sampled: parent }))
  const span = sampling(sampler, inner).span({
    name: "any",
    parent: above,
    annotations: Context.empty(),
    links: [],
    startTime: 0n,
    kind: "internal",
    root: false,
    sampled: wanted,
  })
  assert.strictEqual(span.traceId, traceId)
  return span.sampled
}

describe("a sampler", () => {
  it.each([
    // A trace of its own; one that belongs to a recorded one; one that belongs to another.
    ["always_on", undefined, low, [true, true, true]],
    ["always_off", undefined, low, [false, false, false]],
    ["traceidratio", "0.5", high, [true, true, true]],
    ["traceidratio", "0.5", low, [false, false, false]],
    ["traceidratio", "1", low, [true, true, true]],
    ["traceidratio", "0", high, [false, false, false]],
    ["parentbased_always_on", undefined, low, [true, true, false]],
    ["parentbased_always_off", undefined, low, [false, true, false]],
    ["parentbased_traceidratio", "0.5", high, [true, true, false]],
    ["parentbased_traceidratio", "0.5", low, [false, true, false]],
  ] as const)("%s %s of %s", (name, ratio, traceId, expected) => {
    assert.deepStrictEqual(
      [undefined, true, false].map((parent) => recorded(name, ratio, traceId, parent)),
      [...expected],
    )
  })

  it.each(["always_on", "parentbased_always_on"])(
    "%s records no span that is not wanted",
    (name) => {
      assert.deepStrictEqual(
        [undefined, true].map((parent) => recorded(name, undefined, low, parent, false)),
        [false, false],
      )
    },
  )
})
