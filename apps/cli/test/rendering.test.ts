import * as Exit from "effect/Exit"
import { assert, describe, it } from "vitest"
import { renderBar, renderLine, type Snapshot } from "../src/bar.ts"
import { formatDuration, parseDuration } from "../src/duration.ts"
import { type EndedItem, totalsOf } from "../src/Item.ts"
import { itemJson, renderSummary } from "../src/report.ts"
import { suggest } from "../src/suggest.ts"
import { renderTable } from "../src/table.ts"
import { cutEnd, cutStart, isAnimated, isColoured, plain, textWidth } from "../src/terminal.ts"

const succeeded = (file: string, value: unknown): EndedItem => ({
  file: `/home/ann/${file}`,
  end: { state: "succeeded", value },
  ms: 4.4,
})

const failed: EndedItem = {
  file: "/home/ann/bad.ts",
  end: { state: "failed", error: new RangeError("too\nlong \u001b[31m") },
}

const killed: EndedItem = {
  file: "/home/ann/slow.ts",
  end: { state: "cancelled" },
  receipt: {
    _tag: "Stopped",
    how: "killed",
    worker: "w",
    attempt: 1,
    stopMs: 2004,
    cancelled: true,
  },
}

const unconfirmed: EndedItem = {
  file: "/home/ann/deaf.ts",
  end: { state: "lost" },
  receipt: { _tag: "Unconfirmed", waitedMs: 30_000, lastSeen: undefined, cancelled: false },
}

const table = (items: ReadonlyArray<EndedItem>, width?: number, rowsMax?: number): string =>
  renderTable(items, {
    cwd: "/home/ann",
    paint: plain,
    ...(width === undefined ? {} : { width }),
    ...(rowsMax === undefined ? {} : { rowsMax }),
  }).join("\n")

describe("the table", () => {
  it("has a column per key, numbers to the right, arrays joined by space", () => {
    const items = [
      succeeded("a.ts", { size: 9, words: ["x", "y"], note: null }),
      succeeded("b.ts", { size: 1000, words: [], note: "last" }),
    ]
    assert.strictEqual(
      table(items),
      "file  size  words  note\na.ts     9  x y\nb.ts  1000         last",
    )
  })

  it("has one column for results that are not all plain objects", () => {
    const items = [succeeded("a.ts", { n: 1 }), succeeded("b.ts", 2), succeeded("c.ts", undefined)]
    assert.strictEqual(table(items), 'file  result\na.ts  {"n":1}\nb.ts  2\nc.ts')
  })

  it("says of every other file how it ended, with nothing that moves the cursor", () => {
    assert.strictEqual(
      table([failed, killed, unconfirmed]),
      "file     result\n" +
        "bad.ts   RangeError: too long \u{fffd}[31m\n" +
        "slow.ts  cancelled: stopped after 2.0 s, killed\n" +
        "deaf.ts  lost: no confirmation",
    )
  })

  it("is cut to the terminal's width, file names at their beginning", () => {
    const item = succeeded("a/long/way/down/file.ts", { words: "and a long way to the right" })
    const lines = table([item], 30).split("\n")
    assert.deepStrictEqual(lines, ["file           words", "…down/file.ts  and a long way…"])
  })

  it("says how many rows it leaves out", () => {
    const items = [succeeded("a.ts", 1), succeeded("b.ts", 2), succeeded("c.ts", 3)]
    assert.include(table(items, undefined, 1), "a.ts       1\n… and 2 more;")
    assert.match(table(items, undefined, 0), /^… and 3 more;/)
    assert.strictEqual(table([]), "")
  })
})

describe("a line of --json", () => {
  const parse = (item: EndedItem): unknown => JSON.parse(itemJson(item))

  it("carries the value, with what JSON lacks spelled out", () => {
    const value = {
      big: 2n ** 64n,
      at: new Date(0),
      map: new Map([["a", 1]]),
      bytes: new Uint8Array([1, 2]),
      nan: Number.NaN,
      expression: /a+/g,
      none: undefined,
    }
    assert.deepStrictEqual(parse(succeeded("a.ts", value)), {
      version: 1,
      type: "item",
      file: "/home/ann/a.ts",
      state: "succeeded",
      value: {
        big: "18446744073709551616",
        at: "1970-01-01T00:00:00.000Z",
        map: [["a", 1]],
        bytes: "AQI=",
        nan: "NaN",
        expression: "/a+/g",
        none: null,
      },
      ms: 4,
    })
  })

  it("carries the error or the receipt otherwise", () => {
    assert.deepInclude(parse(failed), {
      state: "failed",
      error: { name: "RangeError", message: "too\nlong \u001b[31m" },
    })
    assert.deepInclude(parse(killed), {
      state: "cancelled",
      receipt: {
        _tag: "Stopped",
        how: "killed",
        worker: "w",
        attempt: 1,
        stopMs: 2004,
        cancelled: true,
      },
    })
    assert.deepInclude(parse(unconfirmed), {
      state: "lost",
      receipt: { _tag: "Unconfirmed", waitedMs: 30_000, lastSeen: null, cancelled: false },
    })
  })
})

it("a result that was faster than the cancel is kept, and its receipt counted", () => {
  const faster: EndedItem = {
    ...succeeded("a.ts", 1),
    receipt: { _tag: "Finished", exit: Exit.succeed(1), cancelled: false },
  }
  assert.deepInclude(JSON.parse(itemJson(faster)), {
    state: "succeeded",
    value: 1,
    receipt: { _tag: "Finished", cancelled: false },
  })
  assert.deepInclude(totalsOf([faster]), { succeeded: 1, receipts: { finished: 1 } })
})

it("the summary counts every end once, and every receipt by its kind", () => {
  const totals = totalsOf([succeeded("a.ts", 1), failed, killed, killed, unconfirmed])
  assert.deepStrictEqual(totals, {
    total: 5,
    succeeded: 1,
    failed: 1,
    cancelled: 2,
    lost: 1,
    receipts: { killed: 2, unconfirmed: 1 },
  })
  assert.deepStrictEqual(renderSummary(totals, 61_000, plain), [
    "1 succeeded, 1 failed, 2 cancelled, 1 lost in 1 min 1 s",
    "receipts: 2 killed, 1 no confirmation",
  ])
})

describe("the progress", () => {
  const half: Snapshot = { total: 200, done: 100, failed: 2, elapsedMs: 5000, isStopping: false }

  it("shows count, failures, rate and time left beside a bar", () => {
    const tail = "  100/200  50%  2 failed  20/s  5 s left"
    assert.strictEqual(renderBar(half, 60, plain), "█".repeat(10) + "░".repeat(10) + tail)
    assert.strictEqual(renderLine(half), "100 of 200 done, 2 failed, 20/s, 5 s left")
  })

  it("never is wider than the terminal", () => {
    for (let width = 2; width < 120; width++) {
      assert.isAtMost(textWidth(renderBar(half, width, plain)), width)
    }
  })

  it("says that it is cancelling, and then guesses no more", () => {
    const stopping = { ...half, isStopping: true }
    assert.strictEqual(renderLine(stopping), "cancelling: 100 of 200 done, 2 failed")
    assert.match(renderBar(stopping, 80, plain), /^cancelling █+░+ {2}100\/200 {2}50% {2}2 failed$/)
  })

  it("guesses no end while more may come", () => {
    const open = { ...half, total: undefined }
    assert.strictEqual(renderBar(open, 60, plain), "100 done  2 failed  20/s")
    assert.strictEqual(renderBar(open, 12, plain).length, 12)
    assert.strictEqual(renderLine(open), "100 done, 2 failed, 20/s")
  })

  it("says nothing of a rate before there is one, and tells slow ones by the minute", () => {
    assert.strictEqual(renderLine({ ...half, done: 0, failed: 0 }), "0 of 200 done")
    assert.include(renderLine({ ...half, done: 1, elapsedMs: 120_000 }), "0.5/min")
  })
})

describe("durations", () => {
  it("are read with their unit", () => {
    const read = ["500ms", "30s", "2m", "1h", "1.5s"].map((text) => parseDuration(text, "--within"))
    assert.deepStrictEqual(read, [500, 30_000, 120_000, 3_600_000, 1500])
  })

  it("are refused otherwise", () => {
    for (const text of ["", "30", "s", "-1s", "1 s", "1d", "0s", "600h", "1e3s"]) {
      assert.throws(() => parseDuration(text, "--within"), /--within/)
    }
  })

  it("are written for people", () => {
    assert.deepStrictEqual([850.4, 12_340, 59_999, 3_900_000].map(formatDuration), [
      "850 ms",
      "12.3 s",
      "1 min 0 s",
      "1 h 5 min",
    ])
  })
})

describe("text on a terminal", () => {
  it("is measured in columns", () => {
    assert.deepStrictEqual(["abc", "naïve", "日本", "👍"].map(textWidth), [3, 5, 4, 2])
    assert.strictEqual(cutEnd("日本語", 5), "日本…")
    assert.strictEqual(cutStart("日本語", 4), "…語")
    assert.strictEqual(cutEnd("abc", 3), "abc")
  })

  it("has colour and animation only where they are welcome", () => {
    const terminal = { isTTY: true }
    assert.isTrue(isColoured(terminal, { TERM: "xterm", NO_COLOR: "" }))
    assert.isFalse(isColoured(terminal, { NO_COLOR: "1" }))
    assert.isFalse(isColoured(terminal, { TERM: "dumb" }))
    assert.isFalse(isColoured({}, {}))
    assert.isTrue(isAnimated(terminal, { NO_COLOR: "1" }))
    assert.isFalse(isAnimated(terminal, { TERM: "dumb" }))
  })
})

it("a slip gets a suggestion, another word does not", () => {
  assert.strictEqual(suggest("compres", ["forever", "compress"]), "compress")
  assert.strictEqual(suggest("Compress", ["compress"]), "compress")
  assert.strictEqual(suggest("hlep", ["keys", "help"]), "help")
  assert.strictEqual(suggest("resize", ["forever", "compress"]), undefined)
  assert.strictEqual(suggest("x", []), undefined)
})
