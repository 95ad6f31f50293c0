// Over real sockets, between processes that are killed, stopped and started again.
import { TaskLost } from "@scaler-ts/future/promise"
import { assert, it } from "vitest"
import { linesOf, writtenLater } from "../../packages/worker/test/fixtures/processEvidence.ts"
import { tasks } from "./fixtures/tasks.ts"
import { begun, finish, kill, served, Town } from "./Town.ts"

it("a worker of the name of one that was killed is let in without a wait for its silence", async () => {
  await using town = await Town.open(Infinity)
  const client = await town.client()
  for (let times = 0; times < 3; times++) {
    const worker = await town.worker("worker")
    assert.strictEqual(await served(client), 49)
    await kill(worker)
  }
})

it("a worker that is stopped for too long is lost, and runs on nothing when it goes on (R46)", async () => {
  await using town = await Town.open()
  const first = await town.worker("first")
  const client = await town.client()
  const shift = town.newShift()
  const future = client.submit(tasks.shift, shift)
  await begun(shift, 1)
  const second = await town.worker("second")
  first.kill("SIGSTOP")
  assert.deepStrictEqual(await begun(shift, 2), [first.pid, second.pid])
  first.kill("SIGCONT")
  // It comes back once it has stopped what is not its own any more; a second slot says that it is there.
  assert.strictEqual(await served(client), 49)
  const before = linesOf(shift.file).length
  finish(shift)
  assert.strictEqual(await future, second.pid)
  const later = linesOf(shift.file).slice(before)
  assert.notInclude(later, `${first.pid}`)
})

it("when the scheduler is killed and started again, workers come back, and clients that want that hear what was lost", async () => {
  await using town = await Town.open()
  await town.worker("worker")
  const client = await town.client({ onSchedulerLost: "fail" })
  const shift = town.newShift()
  const future = client.submit(tasks.shift, shift)
  await begun(shift, 1)
  await town.killScheduler()
  // Where it listened is left behind, and taken by the next.
  await town.startScheduler()
  assert.instanceOf(
    await future.then(
      () => undefined,
      (error: unknown) => error,
    ),
    TaskLost,
  )
  assert.strictEqual(await served(await town.client()), 49)
  assert.strictEqual(await writtenLater(shift.file), 0)
})
