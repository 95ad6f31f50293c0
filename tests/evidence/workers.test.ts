// Workers that are killed, and stopped in order, in each state of the tables: nobody of theirs is left.
import { once } from "node:events"
import { assert, describe, it } from "vitest"
import { untilGone, writerOf } from "../../packages/worker/test/fixtures/processEvidence.ts"
import { tasks as parents } from "../../packages/worker/test/fixtures/processTasks.ts"
import { tasks as leftovers } from "../../packages/worker/test/fixtures/leftoverTasks.ts"
import {
  assertSilent,
  isListening,
  isThere,
  linesOf,
  lossOf,
  runs,
  untilLines,
  whereOf,
} from "../support/evidence.ts"
import { Fleet } from "../support/Fleet.ts"
import { stopped, untimed, workerLost } from "../support/receipts.ts"
import { tasks as plain } from "./fixtures/plainTasks.ts"
import { tasks as stubborn } from "./fixtures/stubbornTasks.ts"

/** Longer than any test: what is to be stopped stays so until it is killed. */
const graceMs = 1e6

/** The attempts of a task that marks while it runs: each begins by saying where it runs. */
const begunIn = (file: string): ReadonlyArray<string> =>
  linesOf(file).filter((line) => line.includes("/task/"))

const untilBegun = async (file: string, times: number): Promise<void> => {
  while (begunIn(file).length < times) await untilLines(file, linesOf(file).length + 1)
}

describe("a worker that is killed", () => {
  it("again and again: its task runs elsewhere, until it has been lost as often as it may", async () => {
    await using fleet = await Fleet.open()
    const first = await fleet.worker()
    const { future, file } = fleet.submit(stubborn.spin, {}, { attemptsMax: 3 })
    await untilBegun(file, 1)
    const second = await fleet.worker()
    await first.kill()
    await untilBegun(file, 2)
    const third = await fleet.worker()
    await second.kill()
    await untilBegun(file, 3)
    await fleet.worker()
    await third.kill()
    const loss = await lossOf(future)
    const { task, reason, attempts, workers } = loss
    const names = ["worker-1", "worker-2", "worker-3"]
    assert.deepStrictEqual([task, reason, attempts, workers], ["spin", "workerDied", 3, names])
    for (const name of ['"spin"', "attempt 3", ...names]) assert.include(loss.message, name)
    assert.strictEqual(begunIn(file).length, 3)
    await assertSilent(file)
  })

  it("while an attempt waits with it: that runs elsewhere, once, and so does what ran", async () => {
    await using fleet = await Fleet.open()
    const worker = await fleet.worker({ prefetch: 3 })
    const running = fleet.submit(stubborn.ignoreSignal, {})
    await untilBegun(running.file, 1)
    const waiting = [1, 2, 3].map(() => fleet.submit(plain.once, {}))
    const queued = [1, 2, 3].map(() => fleet.submit(plain.once, {}))
    await fleet.untilThere("running", 4)
    const withdrawn = fleet.submit(plain.once, {})
    assert.strictEqual((await withdrawn.future.cancel())._tag, "Stopped")
    await worker.kill()
    await fleet.worker({ slots: 2 })
    await untilBegun(running.file, 2)
    for (const { future, file } of [...waiting, ...queued]) {
      await future
      assert.strictEqual(begunIn(file).length, 1)
    }
    // Nobody says "stopped" after a lost attempt, though this one has been seen to stop (R40).
    const where = begunIn(running.file)[1] ?? ""
    assert.deepStrictEqual(await running.future.cancel(), workerLost("worker-1"))
    assert.isFalse(isThere(where))
    await assertSilent(running.file)
    assert.deepStrictEqual(linesOf(withdrawn.file), [])
  })

  it("while a task of its is stopped: the receipt says WorkerLost, and nobody runs it again", async () => {
    await using fleet = await Fleet.open()
    const worker = await fleet.worker({ graceMs })
    const { future, file } = fleet.submit(stubborn.catchAbort, {})
    await untilBegun(file, 1)
    const answered = future.cancel()
    await untilLines(file, 3)
    await fleet.worker()
    await worker.kill()
    assert.deepStrictEqual(await answered, workerLost("worker-1"))
    const after = fleet.submit(plain.once, {})
    await after.future
    assert.strictEqual(begunIn(file).length, 1)
    await assertSilent(file)
  })

  it("before a cancel has reached it: the same", async () => {
    await using fleet = await Fleet.open()
    const worker = await fleet.worker({ prefetch: 1 })
    const running = fleet.submit(stubborn.ignoreSignal, {})
    await untilBegun(running.file, 1)
    const waiting = fleet.submit(plain.once, {})
    await fleet.untilThere("running", 2)
    worker.signal("SIGSTOP")
    const answered = [running, waiting].map(({ future }) => future.cancel())
    await fleet.untilThere("cancelling", 2)
    await worker.kill()
    for (const receipt of await Promise.all(answered)) {
      assert.deepStrictEqual(receipt, workerLost("worker-1"))
    }
    await fleet.worker()
    await fleet.submit(plain.once, {}).future
    assert.deepStrictEqual([begunIn(running.file).length, linesOf(waiting.file)], [1, []])
  })

  it("while an attempt is recalled: that runs elsewhere, once", async () => {
    await using fleet = await Fleet.open()
    const worker = await fleet.worker({ prefetch: 1 })
    const running = fleet.submit(stubborn.ignoreSignal, {}, { attemptsMax: 1 })
    await untilBegun(running.file, 1)
    const waiting = fleet.submit(plain.once, {})
    await fleet.untilThere("running", 2)
    worker.signal("SIGSTOP")
    fleet.recall(waiting)
    await fleet.untilThere("recalling", 1)
    await worker.kill()
    await fleet.worker()
    await waiting.future
    assert.strictEqual(begunIn(waiting.file).length, 1)
    assert.deepStrictEqual((await lossOf(running.future)).workers, ["worker-1"])
  })

  it("and its task cancelled before another has it: the receipt says WorkerLost", async () => {
    await using fleet = await Fleet.open()
    const worker = await fleet.worker()
    const { future, file } = fleet.submit(stubborn.ignoreSignal, {})
    await untilBegun(file, 1)
    await worker.kill()
    await fleet.untilThere("queued", 1)
    assert.deepStrictEqual(await future.cancel(), workerLost("worker-1"))
    await fleet.worker()
    await fleet.submit(plain.once, {}).future
    assert.strictEqual(begunIn(file).length, 1)
  })

  it("while it is leaving, and waits for a task to stop: that is lost, and gone with it", async () => {
    await using fleet = await Fleet.open()
    const worker = await fleet.worker({ graceMs })
    const { future, file } = fleet.submit(stubborn.catchAbort, {}, { attemptsMax: 1 })
    await untilBegun(file, 1)
    worker.signal("SIGTERM")
    assert.strictEqual((await untilLines(file, 2))[1], "caught")
    await worker.kill()
    const { reason, workers } = await lossOf(future)
    assert.deepStrictEqual([reason, workers], ["workerDied", ["worker-1"]])
    assert.strictEqual(begunIn(file).length, 1)
    await assertSilent(file)
  })

  it("with nothing to do: the next task runs on another", async () => {
    await using fleet = await Fleet.open()
    const worker = await fleet.worker()
    await fleet.submit(plain.once, {}).future
    await worker.kill()
    const { future, file } = fleet.submit(plain.once, {})
    await fleet.worker()
    await future
    assert.strictEqual(begunIn(file).length, 1)
    assert.deepStrictEqual(fleet.names, ["worker-2"])
  })

  it("takes with it what spins, and what its tasks have started", async () => {
    await using fleet = await Fleet.open()
    const worker = await fleet.worker({ slots: 3 })
    const spinning = fleet.submit(stubborn.spin, {}, { attemptsMax: 1 })
    const calling = [parents.execSync, parents.orphan].map((task) =>
      fleet.submit(task, {}, { attemptsMax: 1 }),
    )
    const children = await Promise.all(calling.map(({ file }) => writerOf(file)))
    await untilBegun(spinning.file, 1)
    await worker.kill()
    for (const child of children) await untilGone(child)
    for (const { future, file } of [spinning, ...calling]) {
      assert.strictEqual((await lossOf(future)).reason, "workerDied")
      await assertSilent(file)
    }
  })
})

describe("a worker that is stopped in order", () => {
  it("ends its tasks first, and leaves no process and no port (G7, R34)", async () => {
    await using fleet = await Fleet.open()
    const worker = await fleet.worker({ slots: 4 })
    const spinning = fleet.submit(stubborn.spin, {}, { attemptsMax: 1 })
    const calling = fleet.submit(parents.execSync, {}, { attemptsMax: 1 })
    const serving = fleet.submit(leftovers.leaveOpen, { kind: "server" }, { attemptsMax: 1 })
    const clearing = fleet.submit(plain.clearUp, {}, { attemptsMax: 1 })
    const child = await writerOf(calling.file)
    const [, port = ""] = await untilLines(serving.file, 2)
    await untilBegun(spinning.file, 1)
    await untilBegun(clearing.file, 1)
    const children = worker.children()
    // Four tasks, a spare and the shell that watches.
    assert.isAtLeast(children.length, 6)
    const exited = once(worker.child, "exit")
    worker.signal("SIGTERM")
    assert.deepStrictEqual(await exited, [0, null])
    assert.deepStrictEqual([child, ...children].filter(runs), [])
    assert.isFalse(await isListening(Number(port)))
    assert.strictEqual(linesOf(clearing.file).at(-1), "cleared up")
    for (const { future } of [spinning, calling, serving, clearing]) {
      assert.strictEqual((await lossOf(future)).reason, "workerDied")
    }
    for (const { file } of [spinning, calling]) await assertSilent(file)
    assert.deepStrictEqual(fleet.names, [])
  })
})

describe("a task that needs more memory than its process may have", () => {
  it("is lost with it, once, and its neighbour goes on", async () => {
    await using fleet = await Fleet.open()
    await fleet.worker({ slots: 2, memoryMaxMb: 200 })
    const neighbour = fleet.submit(stubborn.ignoreSignal, {})
    const where = await whereOf(neighbour.file)
    const { message, attempts } = await lossOf(fleet.client.submit(parents.hoard))
    assert.match(message, /used \d+ MiB of memory, more than it may, and was killed/)
    assert.strictEqual(attempts, 1)
    assert.isTrue(isThere(where))
    assert.deepStrictEqual(untimed(await neighbour.future.cancel()), stopped("killed", "worker-1"))
  })
})
