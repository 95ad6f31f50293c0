// A scheduler that is killed and started again, with many tasks in flight.
import { type Client } from "@scaler-ts/future/promise"
import { assert, it } from "vitest"
import { tasks } from "./fixtures/tasks.ts"
import { notesOf } from "./notes.ts"
import { begun, finish, Town } from "./Town.ts"

/** In flight when the scheduler is killed. */
const count = 10_000
/** Ended by then. */
const before = 1_000

/** Submits all of them, and resolves once the first have ended, with those that have. */
const submitted = async (client: Client, file: string) => {
  const enough = Promise.withResolvers<void>()
  const ended = new Set<number>()
  const futures = Array.from({ length: before + count }, async (_, number) => {
    const value = await client.submit(tasks.note, { file, number, ms: 10 })
    if (ended.add(number).size === before) enough.resolve()
    return value
  })
  await enough.promise
  return { futures, ended }
}

it("10,000 tasks that a killed scheduler had all end, under their ids, and none runs twice at once (R52, G5)", async () => {
  await using town = await Town.open()
  await Promise.all([town.worker("first", 32), town.worker("second", 32)])
  const client = await town.client()
  const shift = town.newShift()
  const long = client.submit(tasks.shift, shift)
  await begun(shift, 1)
  const file = town.file("notes")
  const { futures, ended } = await submitted(client, file)
  await town.killScheduler()
  const known = [...ended]
  await town.startScheduler()
  const values = await Promise.all(futures)
  assert.deepStrictEqual(values, [...values.keys()])
  const { begun: times, atOnce } = notesOf(file)
  assert.deepStrictEqual(atOnce, [])
  assert.strictEqual(times.size, before + count)
  const again = known.filter((number) => times.get(number) !== 1)
  assert.deepStrictEqual(again, [], "what had ended was not sent again")
  await begun(shift, 2)
  const attached = (await town.client()).attach(long.id, tasks.shift)
  finish(shift)
  assert.strictEqual(await attached, await long)
})
