// A scheduler that is killed and started again, with many tasks in flight.
import { type Client } from "@scaler-ts/future/promise"
import { assert, it } from "vitest"
import { tasks } from "./fixtures/tasks.ts"
import { notesOf } from "./notes.ts"
import { begun, finish, Town } from "./Town.ts"

const count = 1_000

/** Submits so many, and resolves once so many of them have ended. */
const submitted = (
  client: Client,
  file: string,
  first: number,
): [Array<Promise<number>>, Promise<void>] => {
  const enough = Promise.withResolvers<void>()
  let left = first
  const futures = Array.from({ length: count }, async (_, number) => {
    const value = await client.submit(tasks.note, { file, number, ms: 10 })
    if (--left === 0) enough.resolve()
    return value
  })
  return [futures, enough.promise]
}

it("1,000 tasks that a killed scheduler had all end, under their ids, and none runs twice at once (R52, G5)", async () => {
  await using town = await Town.open()
  await Promise.all([town.worker("first", 4), town.worker("second", 4)])
  const client = await town.client()
  const shift = town.newShift()
  const long = client.submit(tasks.shift, shift)
  await begun(shift, 1)
  const file = town.file("notes")
  const [futures, some] = submitted(client, file, count / 10)
  await some
  await town.killScheduler()
  await town.startScheduler()
  const values = await Promise.all(futures)
  assert.deepStrictEqual(values, [...values.keys()])
  const { begun: times, atOnce } = notesOf(file)
  assert.deepStrictEqual(atOnce, [])
  assert.strictEqual(times.size, count)
  const twice = [...times.values()].filter((one) => one > 1).length
  assert.isBelow(twice, count / 2, "what had ended was not sent again")
  await begun(shift, 2)
  const attached = (await town.client()).attach(long.id, tasks.shift)
  finish(shift)
  assert.strictEqual(await attached, await long)
})
