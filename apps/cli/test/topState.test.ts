import type { CancelReceipt, TaskEvent } from "@scaler-ts/operator"
import { assert, describe, it } from "vitest"
import { Cancels } from "../src/top/Cancels.ts"
import { keyOf } from "../src/top/keys.ts"
import { type Event, tasksIn } from "../src/top/State.ts"
import { waitingText } from "../src/top/words.ts"
import { after, commandsOf, read, task, waiting, worker } from "./topSupport.ts"

const three = [task(1, { name: "b" }), task(2, { name: "a" }), task(3, { name: "c" })]

const marked = (...events: ReadonlyArray<Event | string>): string | undefined => {
  const state = after(...events)
  return tasksIn(state)[state.marks.tasks.index]?.id.split(".")[1]
}

describe("cancelling", () => {
  it("asks first, and cancels what it has named", () => {
    assert.deepStrictEqual(commandsOf(read({ tasks: three }), "down c"), [])
    const target = { id: task(2).id, name: "a" }
    // The marked row is another by the time of the answer.
    const told = [read({ tasks: three }), "down c", read({ tasks: [task(9)] }), "y"]
    assert.deepStrictEqual(commandsOf(...told), [{ _tag: "Cancel", target }, { _tag: "Read" }])
    assert.deepStrictEqual(after(...told).asked, [target])
  })

  it("does nothing for n, Esc and keys that are no answer", () => {
    for (const key of ["n", "escape"]) {
      assert.deepStrictEqual(commandsOf(read({ tasks: three }), `c ${key} y`), [])
    }
    const open = after(read({ tasks: three }), "c q down return c s")
    assert.strictEqual(open.question?.id, three[2]?.id)
    assert.strictEqual(open.sort, "age")
  })

  it("quits at Ctrl-C even while it asks", () => {
    assert.deepStrictEqual(commandsOf(read({ tasks: three }), "c ctrl-c"), [{ _tag: "Quit" }])
  })

  it("asks nothing where there is nothing to cancel, and no task twice", () => {
    assert.include(after(read(), "c").note, "no task")
    assert.include(after(read({ tasks: three }), "tab c").note, "Tab goes to the tasks")
    const twice = after(read({ tasks: three }), "c y c")
    assert.isUndefined(twice.question)
    assert.include(twice.note, "asked for already")
  })

  it("keeps what became of the last three, latest first", () => {
    const answers = three.concat(task(4)).map(({ id, name }) => ({
      _tag: "Answered" as const,
      target: { id, name },
      receipt: { _tag: "NotFound" as const },
      cancels: { confirmed: 0, p50Ms: undefined, p99Ms: undefined, stillRunning: [] },
    }))
    const state = after(read({ tasks: three }), "c y", ...answers)
    assert.deepStrictEqual(
      state.answers.map(({ id }) => id),
      [4, 3, 2].map((number) => task(number).id),
    )
    assert.deepStrictEqual(state.asked, [])
  })
})

describe("the mark", () => {
  it("is on the first row until it is moved, and then on its task however the list is sorted", () => {
    assert.strictEqual(marked(read({ tasks: three })), "3")
    assert.strictEqual(marked(read({ tasks: three }), read({ tasks: [...three, task(4)] })), "4")
    assert.strictEqual(marked(read({ tasks: three }), "down"), "2")
    assert.strictEqual(marked(read({ tasks: three }), "down s"), "2")
    assert.strictEqual(marked(read({ tasks: three }), "down s r"), "2")
    assert.strictEqual(
      marked(read({ tasks: three }), "down", read({ tasks: [...three, task(4)] })),
      "2",
    )
  })

  it("stays in its place when its task has ended, and within the list", () => {
    const without = three.filter(({ name }) => name !== "a")
    assert.strictEqual(marked(read({ tasks: three }), "j", read({ tasks: without })), "1")
    assert.strictEqual(marked(read({ tasks: three }), "j j j j j"), "1")
    assert.strictEqual(marked(read({ tasks: three }), "end k"), "2")
    assert.strictEqual(marked(read({ tasks: three }), "pagedown pageup up"), "3")
    assert.isUndefined(marked(read({ tasks: three }), "end", read()))
  })

  it("goes to the workers and back with Tab", () => {
    const state = after(read({ tasks: three, workers: [worker("a"), worker("b")] }), "tab down")
    assert.deepStrictEqual([state.focus, state.marks.workers.id], ["workers", "b"])
    assert.strictEqual(after(read(), "tab tab").focus, "tasks")
  })
})

it("sorts by each key, equal ones by age", () => {
  const tasks = [
    task(1, { name: "b", state: "queued", worker: "", attempt: 0 }),
    task(2, { name: "a", state: "cancelling", worker: "w2", attempt: 1 }),
    task(3, { name: "a", state: "running", worker: "w1", attempt: 2 }),
  ]
  const orders = [0, 1, 2, 3, 4, 5].map((count) => {
    const state = after(read({ tasks }), ...Array.from({ length: count }, () => "s"))
    return `${state.sort} ${tasksIn(state)
      .map(({ id }) => id.split(".")[1])
      .join("")}`
  })
  assert.deepStrictEqual(orders, [
    "age 321",
    "name 321",
    "state 231",
    "worker 132",
    "attempt 321",
    "id 123",
  ])
  assert.strictEqual(after(read({ tasks }), "s s s s s s").sort, "age")
  assert.deepStrictEqual(
    tasksIn(after(read({ tasks }), "r")).map(({ ageMs }) => ageMs),
    [1_000, 2_000, 3_000],
  )
})

it("asks the scheduler for one state alone, and shows no other meanwhile", () => {
  const tasks = [task(1, { state: "queued" }), task(2)]
  assert.deepStrictEqual(commandsOf(read({ tasks }), "f"), [{ _tag: "Read" }])
  const state = after(read({ tasks }), "f")
  assert.strictEqual(state.filter, "queued")
  assert.deepStrictEqual(tasksIn(state), tasks.slice(0, 1))
  assert.isUndefined(after(read(), "f f f f f f").filter)
})

it("counts the pace between two readings that are far enough apart", () => {
  const from = read({ ended: { succeeded: 10 }, nowMs: 1_000 })
  const soon = read({ ended: { succeeded: 11 }, nowMs: 1_100 })
  const later = read({ ended: { succeeded: 12, cancelled: 2 }, nowMs: 3_000 })
  assert.isUndefined(after(from).rate)
  assert.isUndefined(after(from, soon).rate)
  assert.strictEqual(after(from, soon, later).rate, 2)
})

it("keeps what it was told last while no answer comes", () => {
  const state = after(read({ tasks: three }), { _tag: "ReadFailed", reason: "too late" })
  assert.strictEqual(state.failure, "too late")
  assert.strictEqual(tasksIn(state).length, 3)
  assert.isUndefined(after({ _tag: "ReadFailed", reason: "too late" }, read()).failure)
})

it("help is left by any key, which does nothing else", () => {
  assert.isTrue(after(read(), "?").isHelp)
  assert.deepStrictEqual(commandsOf(read(), "? q"), [])
  assert.isFalse(after(read(), "? q").isHelp)
  assert.deepStrictEqual(commandsOf(read(), "ctrl-z q"), [{ _tag: "Suspend" }, { _tag: "Quit" }])
})

it("keys are named by their sign, or else by what readline calls them", () => {
  assert.strictEqual(keyOf("Y", { name: "y" }), "y")
  assert.strictEqual(keyOf("?", {}), "?")
  assert.strictEqual(keyOf(undefined, { name: "up" }), "up")
  assert.strictEqual(keyOf("\t", { name: "tab" }), "tab")
  assert.strictEqual(keyOf("\u0003", { name: "c", ctrl: true }), "ctrl-c")
  assert.strictEqual(keyOf("\u001by", { name: "y", meta: true }), "meta-y")
  assert.strictEqual(keyOf("\u001b", { name: "escape", meta: true }), "escape")
  assert.isUndefined(keyOf("\u001b[99~", {}))
})

describe("what becomes of cancels", () => {
  const moved = (number: number, rest: Partial<TaskEvent & { _tag: "Moved" }>): TaskEvent => ({
    _tag: "Moved",
    id: task(number).id,
    name: "resize",
    state: "cancelling",
    end: "none",
    worker: "worker-1",
    attempt: 1,
    heldMs: 1,
    ...rest,
  })
  const ended = (number: number, heldMs: number) =>
    moved(number, { state: "ended", end: "cancelled", heldMs })
  const still = (cancels: Cancels) =>
    cancels.figures().stillRunning.map(({ id, why }) => `${id.split(".")[1]} ${why}`)

  it("are percentiles of the last thousand confirms, of what was seen to be cancelled", () => {
    const cancels = new Cancels()
    assert.deepInclude(cancels.figures(), { confirmed: 0, p50Ms: undefined, p99Ms: undefined })
    cancels.moved(ended(0, 77), 0)
    assert.strictEqual(cancels.figures().confirmed, 0, "not out of cancelling")
    cancels.moved(moved(0, {}), 0)
    cancels.moved(moved(0, { state: "ended", end: "succeeded", heldMs: 9 }), 0)
    assert.strictEqual(cancels.figures().confirmed, 0, "finished first")
    for (let number = 1; number <= 1_100; number++) {
      cancels.moved(moved(number, {}), 0)
      cancels.moved(ended(number, number), 0)
    }
    assert.deepInclude(cancels.figures(), { confirmed: 1_100, p50Ms: 600, p99Ms: 1_090 })
  })

  it("forget what was being cancelled where nothing more will be told of it", () => {
    const cancels = new Cancels()
    cancels.moved(moved(1, {}), 0)
    cancels.moved({ _tag: "LeftOut", count: 4, cut: false }, 0)
    cancels.moved(ended(1, 5), 0)
    cancels.moved(moved(2, {}), 0)
    cancels.moved({ _tag: "LeftOut", count: 4, cut: true }, 0)
    cancels.moved(ended(2, 5), 0)
    assert.strictEqual(cancels.figures().confirmed, 1)
  })

  it("list what refused to stop, whoever asked, until it is cancelled anew or ends", () => {
    const cancels = new Cancels()
    cancels.moved(moved(1, {}), 0)
    cancels.moved(moved(1, { state: "running" }), 10)
    assert.deepStrictEqual(cancels.figures().stillRunning, [
      { id: task(1).id, name: "resize", worker: "worker-1", why: "refused", sinceMs: 10 },
    ])
    cancels.moved(moved(1, {}), 20)
    assert.deepStrictEqual(still(cancels), [])
    cancels.moved(moved(1, { state: "running" }), 30)
    cancels.moved(ended(1, 5), 40)
    assert.deepStrictEqual(still(cancels), [])
  })

  it("list what has not confirmed its own cancel, until a later answer or a whole list without it", () => {
    const cancels = new Cancels()
    const target = { id: task(1).id, name: "resize" }
    const answer = (receipt: CancelReceipt) => cancels.answered(target, receipt, 50)
    answer({ _tag: "Unconfirmed", waitedMs: 30_000 })
    assert.deepStrictEqual(still(cancels), ["1 unconfirmed"])
    cancels.alive(new Set([target.id]), 60)
    cancels.alive(new Set(), 40)
    assert.deepStrictEqual(
      still(cancels),
      ["1 unconfirmed"],
      "was there, or came after the question",
    )
    cancels.alive(new Set(), 60)
    assert.deepStrictEqual(still(cancels), [])
    answer({ _tag: "Unconfirmed", waitedMs: 30_000 })
    answer({ _tag: "Refused", worker: "w" })
    assert.deepStrictEqual(still(cancels), ["1 refused"], "what is known last")
    answer({ _tag: "Finished", end: "succeeded", worker: "w" })
    assert.deepStrictEqual(still(cancels), [])
  })

  it("take no more room than they are allowed, however much happens", () => {
    const cancels = new Cancels()
    for (let number = 1; number <= 11_000; number++) cancels.moved(moved(number, {}), 0)
    for (let number = 1; number <= 11_000; number++) {
      cancels.moved(moved(number, { state: "running" }), 0)
    }
    const list = still(cancels)
    assert.strictEqual(list.length, 1_000)
    assert.strictEqual(list.at(-1), "10000 refused", "more were not noted as being cancelled")
  })
})

it("says why tasks wait", () => {
  const all = [
    waiting(),
    waiting({ why: "tooLittle", lacking: ["gpu", "ram\u0007"] }),
    waiting({ why: "tooLittle" }),
    waiting({ why: "busy", full: 2, draining: 1, away: 1 }),
    waiting({ why: "busy" }),
  ]
  assert.deepStrictEqual(all.map(waitingText), [
    "no worker offers it",
    "no worker has enough gpu, ram\u{fffd}",
    "no worker has enough of all it needs",
    "its workers are busy (2 full, 1 draining, 1 away)",
    "its workers are busy",
  ])
})
