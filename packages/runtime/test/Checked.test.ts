import { assert, it } from "vitest"
import { Checked } from "../src/index.ts"

it.each([
  [Checked.milliseconds, [0, 0.5, 1e300, Number.POSITIVE_INFINITY], [-1, Number.NaN]],
  [Checked.wholeFromZero, [0, 1, 2 ** 53 - 1], [-1, 0.5, 2 ** 53, Number.NaN, Infinity]],
  [Checked.finite, [0, -1.5, 1e300], [Infinity, -Infinity, Number.NaN]],
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

it("a text is as long as it may be, and is told how long that is where it is not", () => {
  for (const right of ["a", "abc"]) assert.strictEqual(Checked.text("name", right, 3), right)
  const message = (length: number): string => `name has ${length} characters; give it 1 to 3`
  for (const wrong of ["", "abcd"]) {
    assert.throws(() => Checked.text("name", wrong, 3), RangeError, message(wrong.length))
  }
  for (const wrong of [undefined, 7]) {
    const refused = (): string => Checked.text("name", wrong as never, 3)
    assert.throws(refused, TypeError, `name is ${wrong}; give a text`)
  }
})

it("quantities are positive finite numbers by name, and are copied", () => {
  const given = { gpu: 1, memoryGb: 0.25 }
  const taken = Checked.quantities("capabilities", given)
  assert.deepStrictEqual(taken, given)
  assert.notStrictEqual(taken, given)
  assert.deepStrictEqual(Checked.quantities("capabilities", {}), {})
})

const many = Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`c${index}`, 1]))

it.each([
  [{ gpu: 0 }, RangeError, "capabilities.gpu is 0; give a positive finite number"],
  [{ gpu: -1 }, RangeError, "capabilities.gpu is -1; give a positive finite number"],
  [{ gpu: Infinity }, RangeError, "capabilities.gpu is Infinity; give a positive finite number"],
  [{ gpu: "1" }, RangeError, "capabilities.gpu is 1; give a positive finite number"],
  [["gpu"], TypeError, "capabilities is a list; give quantities by name, such as { gpu: 1 }"],
  [null, TypeError, "capabilities is null; give quantities by name, such as { gpu: 1 }"],
  ["gpu", TypeError, "capabilities is gpu; give quantities by name, such as { gpu: 1 }"],
  [many, RangeError, "capabilities has 101 names; give 100 at most"],
  [
    { ["g".repeat(1_001)]: 1 },
    RangeError,
    "capabilities has a name of 1001 characters; give it 1000 at most",
  ],
] as const)("what no capabilities can be is refused, by name: %o", (wrong, kind, message) => {
  assert.throws(() => Checked.quantities("capabilities", wrong as never), kind, message)
})
