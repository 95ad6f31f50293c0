import assert from "node:assert/strict"
import { test } from "vitest"
import { lineMaxOf, Lines, shortened } from "../src/lines.ts"
import { limitsDefault } from "@scaler-ts/protocol"

const linesOf = (texts: ReadonlyArray<string>, lineMax = 10): ReadonlyArray<string> => {
  const told: Array<string> = []
  const lines = new Lines(lineMax, (line) => told.push(line))
  for (const text of texts) lines.write(text)
  lines.flush()
  return told
}

test("text becomes lines, wherever it was cut, with either kind of line end", () => {
  assert.deepEqual(linesOf(["a\nb", "c\r\n\nd", "\r", "\ne"]), ["a", "bc", "", "d", "e"])
})

test("what has no end yet is told at the end, and nothing of nothing", () => {
  assert.deepEqual([linesOf(["a\n"]), linesOf(["", ""]), linesOf(["\n"])], [["a"], [], [""]])
})

test("a line that is too long is cut, and says by how much, however it came", () => {
  const cut = "0123456789… (3 more characters)"
  assert.deepEqual(linesOf(["0123456789abc\nx"]), [cut, "x"])
  assert.deepEqual(linesOf(["01234567", "89a", "bc"]), [cut])
  assert.deepEqual(linesOf(["0123456789\n"]), ["0123456789"])
})

test("a line that was cut is not cut again", () => {
  const cut = shortened("x".repeat(1e6), 100)
  assert.equal(cut, `${"x".repeat(100)}… (999900 more characters)`)
  assert.equal(shortened(cut, 100), cut)
})

test("a line with what says that it was cut fits into a frame, in any script", () => {
  const [line = ""] = linesOf(["漢".repeat(1_000_000)], lineMaxOf(limitsDefault))
  assert.ok(new TextEncoder().encode(line).length <= limitsDefault.textBytesMax)
})
