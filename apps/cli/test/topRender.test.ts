import { assert, describe, it } from "vitest"
import { stripVTControlCharacters } from "node:util"
import { coloured, textWidth } from "../src/terminal.ts"
import { farewell } from "../src/top/farewell.ts"
import { renderLive } from "../src/top/live.ts"
import { plainLine, snapshotOf } from "../src/top/plainly.ts"
import { render } from "../src/top/render.ts"
import { type Event, initial, type State } from "../src/top/State.ts"
import { after, read, reading, task, type Told, waiting, worker } from "./topSupport.ts"

const busy: Told = {
  tasks: [
    task(1, { state: "queued", worker: "", attempt: 0, name: "train" }),
    task(2),
    task(4, { state: "cancelling", attempt: 2, worker: "worker-2", rung: "interrupted" }),
    task(61, { name: "deaf" }),
  ],
  workers: [
    worker("worker-1", { held: 6, capabilities: { gpu: 1 }, cpu: 1.234, memoryBytes: 87_000_000 }),
    worker("worker-2", { draining: true, silentMs: 2_300 }),
  ],
  waiting: [waiting({ tasks: 1, capabilities: { gpu: 2 }, why: "tooLittle", lacking: ["gpu"] })],
  ended: { succeeded: 1_200, failed: 0, timedOut: 1, cancelled: 34 },
  figures: { confirmed: 34, p50Ms: 12, p99Ms: 2_040 },
  stillRunning: [
    { id: task(61).id, name: "deaf", worker: "worker-1", why: "refused", sinceMs: 48_000 },
  ],
}

const textOf = (state: State, width: number, height: number): ReadonlyArray<string> => {
  const lines = render(state, width, height)
  assert.strictEqual(lines.length, height)
  for (const line of lines) assert.isAtMost(textWidth(line), width, line)
  return lines
}

const many: Told = {
  ...busy,
  tasks: Array.from({ length: 60 }, (_, at) => task(at + 1, { name: `job-${at % 7}` })),
  more: 1_234,
}

const hostile: Told = {
  tasks: [
    task(1, { name: "red \u001b[31m\u0007\r\nnext \u009b2J", worker: "\u001b]0;x\u0007" }),
    task(2, { name: "画像を小さくする".repeat(9), id: "会話".repeat(30) }),
    task(3, { name: "👩‍👩‍👧‍👦 e\u0301".repeat(20), worker: "w".repeat(200) }),
  ],
  workers: [
    worker("\u001b[2J作業者".repeat(20), { capabilities: { "g\npu": 1 }, tasks: ["\u001b"] }),
  ],
  waiting: [waiting({ name: "\u001b[5m\n".repeat(50), capabilities: { "\u0007": 1 } })],
  ended: { "\u001b[2J": 3 },
  stillRunning: [
    { id: "\u001b[1A", name: "\r\n", worker: "\u0000", why: "unconfirmed", sinceMs: 0 },
  ],
}

describe("the screen", () => {
  it("has everything at 80x24", () => {
    assert.deepStrictEqual(textOf(after(read(busy)), 80, 24), [
      "scaler-ts  tcp://127.0.0.1:7000                  2 clients  2 workers, 6/8 slots",
      "queued  dispatched  running  recalling  cancelling       oldest  ended    pace",
      "     1           0        2          0           1        4.0 s  1,235       -",
      "cancels confirmed by workers 34: p50 12 ms, p99 2.0 s  cancelled 34  timed out 1",
      "",
      "  WORKER      STATE     HELD/SLOTS       SILENT   CPU   MEMORY  HAS",
      "  worker-1    ready            6/4        40 ms  123%   83 MiB  gpu=1",
      "  worker-2    draining         2/4        2.3 s     -        -  ",
      "  WAITING",
      "  1 task train (gpu=2): no worker has enough gpu",
      "  STILL RUNNING AFTER CANCEL (1)",
      "  0d527b4429b0f895cfa92d9e.61  refused to stop       12.0 s  worker-1  deaf",
      "  TASK         NAME      STATE       RUNG               AGE ▼  WORKER    ATTEMPT",
      "> …fa92d9e.61  deaf      running                    1 min 1 s  worker-1        1",
      "  …cfa92d9e.4  resize    cancelling  interrupted        4.0 s  worker-2        2",
      "  …cfa92d9e.2  resize    running                        2.0 s  worker-1        1",
      "  …cfa92d9e.1  train     queued                         1.0 s  -               -",
      "",
      "",
      "",
      "",
      "",
      "",
      "q quit  c cancel  s sort age  f only all  r reverse  Tab workers  ? help",
    ])
  })

  it("has what matters most at 40x10: what a cancel has not stopped, and the marked task", () => {
    const head = ["scaler-ts  tcp://127.0.0.1:7000", "queued  running  cancelling       oldest"]
    const still = ["  STILL RUNNING AFTER CANCEL (1)", "  …429b0f895cfa92d9e.61  refused to stop"]
    assert.deepStrictEqual(textOf(after(read(busy)), 40, 10), [
      ...head,
      "     1        2           1        4.0 s",
      ...still,
      "  TASK           STATE             AGE ▼",
      "> …5cfa92d9e.61  running       1 min 1 s",
      "  …95cfa92d9e.4  cancelling        4.0 s",
      "  … and 2 more",
      "q quit  c cancel  s sort age  f only all",
    ])
    assert.deepStrictEqual(textOf(after(read(many), "end up r s c"), 40, 10), [
      ...head,
      "     0       60           0            -",
      ...still,
      "  TASK              NAME ▲    STATE",
      "  …f895cfa92d9e.59  job-2     running",
      "> …0f895cfa92d9e.2  job-1     running",
      "  … and 41 above, 1,251 more",
      "Cancel …fa92d9e.2 job-1, running 2…? y/n",
    ])
    const workers = textOf(after(read(many), "tab down"), 40, 10)
    assert.include(workers, "> worker-2    draining         2/4")
    assert.include(workers, still[0])
    assert.notMatch(workers.join("\n"), /TASK/, "no head without a row")
  })

  it("leaves out columns that would be empty", () => {
    const lines = textOf(after(read({ tasks: [task(1)] })), 80, 24)
    assert.include(lines, "  WORKER      STATE     HELD/SLOTS       SILENT  OFFERS")
  })

  it("fills 200x50 with rows", () => {
    const lines = textOf(after(read(many), "down down"), 200, 50)
    assert.match(lines[0] ?? "", /^scaler-ts .* 2 clients {2}2 workers, 6\/8 slots$/)
    assert.strictEqual(textWidth(lines[0] ?? ""), 200)
    const rows = lines.filter((line) => /^[> ] 0d527b4429b0f895cfa92d9e\.\d+ {2}job-/.test(line))
    assert.strictEqual(rows.length, 34)
    assert.strictEqual(rows[2]?.slice(0, 30), "> 0d527b4429b0f895cfa92d9e.58 ")
    assert.strictEqual(lines.at(-3), "  … and 1,260 more")
  })

  it("asks with the whole id and the name, and shows receipts where they are read", () => {
    const asked = textOf(after(read(busy), "down c"), 80, 24).slice(-2)
    assert.deepStrictEqual(asked, [
      "Cancel 0d527b4429b0f895cfa92d9e.4 resize, cancelling 4.0 s on worker-2? y/n",
      "y cancel  n leave it",
    ])
    const { id, name } = task(4)
    const { cancels } = reading(busy)
    const answered: Event = {
      _tag: "Answered",
      target: { id, name },
      receipt: { _tag: "Stopped", how: "killed", worker: "w\u0007", attempt: 1, stopMs: 2_004 },
      cancels,
    }
    const awaited = textOf(after(read(busy), "down c y"), 80, 24).at(-2)
    assert.strictEqual(awaited, `The receipt of ${id} is awaited …`)
    const done = after(read(busy), "down c y", answered, answered)
    const text = `${id} resize: stopped after 2.0 s, killed on w\u{fffd}`
    assert.deepStrictEqual(textOf(done, 80, 24).slice(-3, -1), ["", text])
    assert.deepStrictEqual(textOf(done, 80, 30).slice(-3, -1), [text, text])
    assert.strictEqual(textOf(done, 75, 10).at(-1), text)
  })

  it("says what is not as it should be", () => {
    const state = after(
      read({ clientsBehind: 1, stopping: true, workers: [] }),
      { _tag: "ReadFailed", reason: "nothing within 5000 ms" },
      "f",
    )
    const lines = textOf(state, 80, 24)
    assert.deepStrictEqual(lines.slice(4, 7), [
      "No answer from the scheduler (nothing within 5000 ms); this is what it told last",
      "The scheduler is being stopped: nobody new is let in",
      "1 client too slow: nothing queued of theirs is started",
    ])
    assert.include(lines, "  No workers are here: nothing is started")
    assert.include(lines, "  No tasks are queued; f shows others")
    assert.include(textOf(initial(), 80, 24), "Asking the scheduler …")
    assert.include(
      textOf(after(read(), "?"), 80, 24).join("\n"),
      "cancel the marked task; asks first",
    )
  })

  it("shows hostile names as they are, cut at whole characters", () => {
    const rows = textOf(after(read(hostile)), 80, 24).map((line) => line.normalize())
    assert.deepStrictEqual(
      rows.filter((line) => /^[> ] .*running +\d/.test(line)),
      [
        "> …fa92d9e.3  👩‍👩‍👧‍👦 é👩‍👩‍👧‍👦 é👩‍👩‍👧‍👦 é👩‍👩‍👧‍👦 é👩‍👩‍👧‍👦 é…   running           3.0 s  …wwwwwww        1",
        "  …会話会話   画像を小さくする画像…   running           2.0 s  worker-1        1",
        "  …fa92d9e.1  red �[31m� next �2J     running           1.0 s  �]0;x�          1",
      ],
    )
  })

  it("fits any size, sends nothing that moves the cursor, and is the same in colour", () => {
    const states = [busy, many, hostile, {}].flatMap((told) =>
      ["", "c", "tab end", "?", "c y"].map((keys) =>
        keys === "" ? after(read(told)) : after(read(told), keys),
      ),
    )
    for (const state of [initial(), ...states]) {
      assert.deepStrictEqual(render(state, 1, 9), render(state, 12, 9))
      for (const [width, height] of [
        [1, 1],
        [12, 2],
        [20, 4],
        [33, 7],
        [64, 13],
        [80, 24],
        [300, 70],
      ] as const) {
        const lines = render(state, width, height)
        assert.strictEqual(lines.length, height)
        for (const line of lines) {
          assert.isAtMost(textWidth(line), Math.max(width, 12), line)
          assert.notMatch(line, /\p{Cc}/u)
        }
        const inColour = render(state, width, height, coloured).map(stripVTControlCharacters)
        assert.deepStrictEqual(inColour, lines)
      }
    }
  })
})

it("the view of a few lines has no mark, and no more lines than it may have", () => {
  assert.deepStrictEqual(renderLive(after(read(many), "down"), 80, 24), [
    "scaler-ts  tcp://127.0.0.1:7000                  2 clients  2 workers, 6/8 slots",
    "queued  dispatched  running  recalling  cancelling       oldest  ended    pace",
    "     0           0       60          0           0            -  1,235       -",
    "cancels confirmed by workers 34: p50 12 ms, p99 2.0 s  cancelled 34  timed out 1",
    "",
    "  STILL RUNNING AFTER CANCEL (1)",
    "  0d527b4429b0f895cfa92d9e.61  refused to stop       12.0 s  worker-1  deaf",
    "  WORKER      STATE     HELD/SLOTS       SILENT   CPU   MEMORY  HAS",
    "  worker-1    ready            6/4        40 ms  123%   83 MiB  gpu=1",
    "  worker-2    draining         2/4        2.3 s     -        -  ",
    "  TASK                      NAME      STATE             AGE ▼  WORKER    ATTEMPT",
    "  …7b4429b0f895cfa92d9e.60  job-3     running       1 min 0 s  worker-1        1",
    "  …7b4429b0f895cfa92d9e.59  job-2     running          59.0 s  worker-1        1",
    "  …7b4429b0f895cfa92d9e.58  job-1     running          58.0 s  worker-1        1",
    "  …7b4429b0f895cfa92d9e.57  job-0     running          57.0 s  worker-1        1",
    "  … and 1,290 more",
  ])
  assert.strictEqual(renderLive(after(read(many)), 80, 5).length, 5)
})

describe("off a terminal", () => {
  const state = after(read({ ...busy, nowMs: 58_000, ended: {} }), read(busy))

  it("a reading is a line", () => {
    assert.strictEqual(
      plainLine(state, reading(busy)),
      "queued 1, dispatched 0, running 2, recalling 0, cancelling 1 (oldest 4.0 s); ended 1235, 618/s; " +
        "2 workers, 6/8 slots; 2 clients; cancels confirmed by workers 34: p50 12 ms, p99 2.0 s; 1 still running after cancel",
    )
    assert.strictEqual(
      plainLine(after(read()), reading({ stopping: true })),
      "queued 0, dispatched 0, running 0, recalling 0, cancelling 0; ended 0; " +
        "1 worker, 2/4 slots; 2 clients; being stopped",
    )
  })

  it("or of --json, with what is not known as null", () => {
    const told = JSON.parse(JSON.stringify(snapshotOf(state, reading(busy), new Date(0))))
    assert.deepInclude(told, {
      version: 1,
      type: "snapshot",
      at: "1970-01-01T00:00:00.000Z",
      states: { queued: 1, running: 2, cancelling: 1 },
      oldestMs: { cancelling: 4_000 },
      perSecond: 617.5,
      clients: 2,
      cancels: {
        confirmed: 34,
        p50Ms: 12,
        p99Ms: 2_040,
        stillRunning: [
          { id: task(61).id, name: "deaf", worker: "worker-1", why: "refused", forMs: 12_000 },
        ],
      },
      more: 0,
    })
    assert.deepStrictEqual(told.tasks, busy.tasks)
    const first = snapshotOf(after(read()), reading(), new Date(0))
    assert.isNull(first.perSecond)
    assert.deepInclude(first.cancels, { confirmed: 0, p50Ms: null, p99Ms: null })
  })
})

it("who leaves is told what is not over", () => {
  assert.deepStrictEqual(farewell(after(read(busy), "down c y")), [
    "the cancel of 0d527b4429b0f895cfa92d9e.4 (resize) is not confirmed yet; the order stands",
    "still running after cancel: 0d527b4429b0f895cfa92d9e.61 (deaf): refused to stop on worker-1, 12.0 s ago",
  ])
  const [one] = busy.stillRunning ?? []
  const stillRunning = Array.from({ length: 12 }, () => one).filter((task) => task !== undefined)
  const lines = farewell(after(read({ stillRunning })))
  assert.deepStrictEqual([lines.length, lines.at(-1)], [11, "… and 2 more"])
  assert.deepStrictEqual(farewell(initial()), [])
})
