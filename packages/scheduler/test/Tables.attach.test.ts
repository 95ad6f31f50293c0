import { OutputWindow } from "@scaler-ts/protocol"
import assert from "node:assert/strict"
import { describe, test } from "vitest"
import { AttachRig } from "./support/AttachRig.ts"
import { reachable } from "./support/reachable.ts"
import { unbounded } from "./support/Rig.ts"

const two = (): AttachRig => new AttachRig().client("a").client("b").worker("w")

describe("who attaches", () => {
  test("is told what everybody is, under a number of its own, and starts where the task is", () => {
    const rig = two().submit("a", 7).started("w", 1)
    rig.take()
    rig.attach("b", 3, "a.7", false, "sqrt")
    assert.deepEqual(rig.take(), ["b: TaskAttached 3 sqrt", "b: TaskStarted 3.1 on w"])
    rig.says("w", { _tag: "TaskProgress", task: 1, attempt: 1, fraction: 0.5 }).result("w", 1)
    assert.deepEqual(rig.take(), [
      "a: TaskProgress 7.1 0.5",
      "b: TaskProgress 3.1 0.5",
      "a: TaskResult 7.1 success of w",
      "b: TaskResult 3.1 success of w",
    ])
    assert.equal(rig.tables.status().kept.ends, 0, "it was not detached")
    rig.cancel("b", 3)
    assert.deepEqual(rig.take(), [], "its end is on its way")
  })

  test("may cancel, and everybody is told the confirm, also again (G4)", () => {
    const rig = two().submit("a", 7)
    rig.attach("b", 3, "a.7").take()
    rig.cancel("b", 3).confirm("w", [1, 1], "canceled", "killed")
    assert.deepEqual(rig.take(), [
      "w: TaskCancel 1.1 forced",
      "a: canceled 7.1 killed of w",
      "b: canceled 3.1 killed of w",
    ])
    rig.cancel("b", 3).cancel("a", 7)
    assert.deepEqual(rig.take(), ["b: canceled 3.1 killed of w", "a: canceled 7.1 killed of w"])
  })

  test("keeps a task going whose client is gone, until it is gone, too (R51)", () => {
    const rig = two().submit("a", 7)
    rig.attach("b", 3, "a.7").loseClient("a").take()
    assert.equal(rig.tables.status().ownerless, 0)
    rig.loseClient("b")
    assert.deepEqual(rig.take(), ["w: TaskCancel 1.1 forced"])
    assert.equal(rig.tables.status().ownerless, 1)
    rig.client("c").attach("c", 1, "a.7")
    assert.deepEqual(rig.take(), ["c: TaskAttached 1 sqrt"], "while it is being stopped")
    rig.confirm("w", [1, 1], "canceled", "cooperative")
    assert.deepEqual(rig.take(), ["c: canceled 1.1 cooperative of w"])
    rig.attach("c", 2, "a.7")
    assert.deepEqual(rig.take(), ["c: TaskAttachRefused 2 notFound"])
  })

  test("may do so several times, and leaves with all of them", () => {
    const rig = two().submit("a", 7)
    rig.attach("b", 1, "a.7").attach("b", 2, "a.7").loseClient("a").take()
    rig.loseClient("b")
    assert.deepEqual(rig.take(), ["w: TaskCancel 1.1 forced"])
  })

  test("is refused for what is unknown, has ended, or has another name, and may cancel that in vain", () => {
    const rig = two().submit("a", 7).result("w", 1)
    rig.take()
    const ids = ["a.7", "a.8", "x.1", "a", "a.07", "a.-1", ".1", "a.1e2", ""]
    for (const [index, id] of ids.entries()) rig.attach("b", index + 1, id)
    assert.deepEqual(rig.take(), [
      "b: TaskAttachRefused 1 ended",
      ...ids.slice(1).map((_, index) => `b: TaskAttachRefused ${index + 2} notFound`),
    ])
    rig.submit("a", 9).take()
    rig.attach("b", 20, "a.9", false, "cbrt")
    assert.deepEqual(rig.take(), ["b: TaskAttachRefused 20 otherName sqrt"])
    rig.cancel("b", 20)
    assert.deepEqual(rig.take(), [])
  })

  test("by a number that it has used is counted and ignored", () => {
    const rig = two().submit("a", 7)
    rig.attach("b", 3, "a.7").take()
    rig.attach("b", 3, "a.7").attach("b", 2, "a.7")
    assert.deepEqual(rig.take(), [])
    assert.equal(rig.tables.status().ignored.taskKnown, 2)
  })

  test("is not found by the number of one who has attached", () => {
    const rig = two().submit("a", 7)
    rig.attach("b", 3, "a.7").take()
    rig.attach("a", 8, "b.3")
    assert.deepEqual(rig.take(), ["a: TaskAttachRefused 8 notFound"])
  })
})

describe("a detached task", () => {
  test("goes on without its client, and its end is kept, for several", () => {
    const rig = two().submit("a", 7)
    rig.detach("a", 7).loseClient("a").take()
    assert.equal(rig.tables.status().ownerless, 1)
    rig.result("w", 1)
    assert.deepEqual(rig.take(), [])
    rig.attach("b", 1, "a.7").attach("b", 2, "a.7", false, "sqrt")
    assert.deepEqual(rig.take(), [
      "b: TaskAttached 1 sqrt",
      "b: TaskResult 1.1 success of w",
      "b: TaskAttached 2 sqrt",
      "b: TaskResult 2.1 success of w",
    ])
    rig.attach("b", 3, "a.7", false, "cbrt")
    assert.deepEqual(rig.take(), ["b: TaskAttachRefused 3 otherName sqrt"])
  })

  test("that is queued stays so without its client", () => {
    const rig = new AttachRig().client("a").submit("a", 7)
    rig.detach("a", 7).loseClient("a")
    rig.worker("w")
    assert.deepEqual(rig.take(), ["w: Task 1.1"])
  })

  test("that is cancelled tells the confirm to whoever attaches, and again", () => {
    const rig = new AttachRig().client("a").client("b").submit("a", 7)
    rig.detach("a", 7).cancel("a", 7).loseClient("a").take()
    rig.attach("b", 1, "a.7")
    assert.deepEqual(rig.take(), [
      "b: TaskAttached 1 sqrt",
      "b: canceled 1.0 neverStarted of nobody",
    ])
    rig.cancel("b", 1)
    assert.deepEqual(rig.take(), ["b: canceled 1.0 neverStarted of nobody"])
  })

  test("that nobody takes is forgotten in its time", () => {
    const rig = new AttachRig(100, unbounded, { ends: 10, bytes: 10_000, ms: 1_000 })
    rig.client("a").client("b").worker("w").submit("a", 7)
    rig.detach("a", 7).loseClient("a").result("w", 1).take()
    rig.nowMs = 1_000
    rig.tables.placeAll()
    assert.deepEqual(rig.tables.status().kept, { ends: 0, bytes: 0 })
    rig.attach("b", 1, "a.7")
    assert.deepEqual(rig.take(), ["b: TaskAttachRefused 1 notFound"])
  })

  test("may be detached by one who has attached", () => {
    const rig = two().submit("a", 7)
    rig.attach("b", 3, "a.7").detach("b", 3).loseClient("a").loseClient("b").take()
    rig.result("w", 1)
    assert.equal(rig.tables.status().kept.ends, 1)
  })

  test("whose end is on its way is detached too late, and that is counted", () => {
    const rig = two().submit("a", 7).result("w", 1)
    rig.detach("a", 7).detach("a", 8)
    assert.equal(rig.tables.status().ignored.detachLate, 2)
    assert.equal(rig.tables.status().kept.ends, 0)
  })

  test("leaves nothing of its client behind when it has ended (G7)", () => {
    const rig = two().submit("a", 7)
    rig.cancel("a", 6).detach("a", 7).loseClient("a")
    assert.equal(reachable(rig.tables, "tombstones"), 2, "the client's, and b's")
    rig.result("w", 1)
    assert.equal(reachable(rig.tables, "tombstones"), 1)
  })
})

describe("what a task says", () => {
  const most = OutputWindow.windowMax.lines

  test("is asked for where it is detached, or somebody listens who has attached", () => {
    const wanted = (prepare: (rig: AttachRig) => void): boolean | undefined => {
      const rig = new AttachRig().client("a").client("b").submit("a", 7)
      prepare(rig)
      rig.worker("w")
      const [task] = rig.sent.flatMap(([, message]) => (message._tag === "Task" ? [message] : []))
      return task?.wantsOutput
    }
    assert.equal(wanted(() => {}), false) // oxfmt-ignore
    assert.equal(wanted((rig) => rig.detach("a", 7)), true) // oxfmt-ignore
    assert.equal(wanted((rig) => rig.attach("b", 1, "a.7")), false) // oxfmt-ignore
    assert.equal(wanted((rig) => rig.attach("b", 1, "a.7", true)), true) // oxfmt-ignore
  })

  test("goes to all who listen, and the client that submitted it alone paces it", () => {
    const rig = two().submit("a", 7, { wantsOutput: true })
    rig.attach("b", 3, "a.7", true).take()
    rig.line("w", 1, "one")
    assert.deepEqual(rig.take(), ["a: TaskLog 7.1 one", "b: TaskLog 3.1 one"])
    rig.takes("b", 3, 1)
    assert.deepEqual(rig.take(), [], "the worker is told nothing")
    rig.takes("a", 7, 1)
    assert.deepEqual(rig.take(), ["w: TaskLogTaken 1.1 1"])
  })

  test("is left out for one who takes it slowly, said in its place, before the end", () => {
    const rig = two().submit("a", 7, { wantsOutput: true })
    rig.attach("b", 3, "a.7", true).take()
    for (let n = 1; n <= 3 * most; n++) rig.line("w", 1, `${n}`)
    rig.result("w", 1)
    const told = rig.take().filter((sentence) => sentence.startsWith("b: "))
    assert.equal(told.filter((sentence) => /TaskLog 3\.1 \d+$/.test(sentence)).length, 2 * most)
    assert.deepEqual(told.slice(-2), [
      `b: TaskLog 3.1 … ${most} lines left out: the client takes them too slowly`,
      "b: TaskResult 3.1 success of w",
    ])
  })

  test("is taken as it comes where the client that submitted it does not listen, or is gone", () => {
    const rig = two().submit("a", 7, { wantsOutput: true })
    rig.detach("a", 7)
    for (let n = 1; n <= 10; n++) rig.line("w", 1, "line")
    rig.takes("a", 7, 4).take()
    rig.takes("a", 7, 1_000)
    assert.deepEqual([rig.take(), rig.tables.status().ignored], [[], { attemptStale: 1 }])
    rig.loseClient("a")
    assert.deepEqual(rig.take(), ["w: TaskLogTaken 1.1 6"], "what had not been taken")
    for (let n = 1; n < most / 2; n++) rig.line("w", 1, "line")
    assert.deepEqual(rig.take(), [])
    rig.line("w", 1, "line")
    assert.deepEqual(rig.take(), [`w: TaskLogTaken 1.1 ${most / 2}`])
    rig.line("w", 1, "x".repeat(OutputWindow.windowMax.bytes / 2))
    assert.deepEqual(rig.take(), ["w: TaskLogTaken 1.1 1"], "a long one at once")
  })

  test("in another attempt is paced anew, and credit for the one before is ignored (G9)", () => {
    const rig = two().submit("a", 7, { wantsOutput: true })
    rig.attach("b", 3, "a.7", true).line("w", 1, "one").loseWorker("w").worker("v")
    rig.line("v", 1, "two", 2).take()
    rig.takes("b", 3, 1).takes("a", 7, 1)
    assert.deepEqual(rig.take(), [])
    assert.equal(rig.tables.status().ignored.attemptStale, 2)
    rig.takes("b", 3, 1, 2).takes("b", 3, 1, 2)
    assert.equal(rig.tables.status().ignored.attemptStale, 3, "no more than is on its way")
    rig.loseClient("a")
    assert.deepEqual(rig.take(), ["v: TaskLogTaken 1.2 1"])
  })

  test("cannot be told of an attempt that was begun when nobody listened, which a line says", () => {
    const rig = two().submit("a", 7)
    rig.take()
    rig.attach("b", 3, "a.7", true)
    assert.deepEqual(rig.take(), [
      "b: TaskAttached 3 sqrt",
      "b: TaskLog 3.1 … what this attempt says is not told: nobody listened when it was begun",
    ])
  })
})
