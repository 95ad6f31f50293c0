import { assert, it } from "vitest"
import { Checked } from "../src/index.ts"

it.each([
  [Checked.milliseconds, [0, 0.5, 1e300, Number.POSITIVE_INFINITY], [-1, Number.NaN]],
  [Checked.wholeFromZero, [0, 1, 2 ** 53 - 1], [-1, 0.5, 2 ** 53, Number.NaN, Infinity]],
  [Checked.wholeFromOne, [1, 2 ** 53 - 1], [0, -1, 1.5, Number.NaN, Infinity]],
] as const)(
  "%o lets right numbers through and says of others what to pass",
  (check, right, wrong) => {
    for (const value of right) assert.strictEqual(check("bound", value), value)
    for (const value of wrong) {
      assert.throws(() => check("bound", value), RangeError, `bound is ${value}; give `)
    }
  },
)
