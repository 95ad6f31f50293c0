// What the signals do that tell a scheduler or a worker to end, each sent by the system.
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import { once } from "node:events"
import { afterEach, assert, it, vi } from "vitest"
import { untilTold } from "../src/serving.ts"

const signals = ["SIGTERM", "SIGINT"] as const
const before = new Set<unknown>(signals.flatMap((name) => process.listeners(name)))

/** Without one that hears it, a signal ends the process. */
const oursOf = (name: NodeJS.Signals) =>
  process.listeners(name).filter((listener) => !before.has(listener))

afterEach(() => {
  vi.restoreAllMocks()
  for (const name of signals) {
    for (const listener of oursOf(name)) process.off(name, listener)
  }
})

const tell = async (name: NodeJS.Signals): Promise<void> => {
  const told = once(process, name)
  process.kill(process.pid, name)
  await told
}

/** Something that runs until it is stopped, what has been done to it, and its end. */
const running = () => {
  const done: Array<string> = []
  const stopped = Deferred.makeUnsafe<string>()
  const drain = Effect.sync(() => void done.push("drain"))
  const stop = Effect.andThen(
    Effect.sync(() => void done.push("stop")),
    Deferred.succeed(stopped, "stopped"),
  )
  const ended = Effect.runPromise(untilTold({ drain, stop }, Deferred.await(stopped)))
  return { done, stopped, ended }
}

const exits = () => vi.spyOn(process, "exit").mockImplementation(() => undefined as never)

it("the first drains, the second stops, and the third ends the process, also while it is closed", async () => {
  const exit = exits()
  const { done, ended } = running()
  await tell("SIGTERM")
  await tell("SIGINT")
  assert.strictEqual(await ended, "stopped")
  assert.deepStrictEqual(done, ["drain", "stop"])
  await tell("SIGTERM")
  assert.deepStrictEqual(exit.mock.calls, [[130]])
})

it("one that comes when all has ended does nothing more, and cuts short nothing that is closed", async () => {
  const exit = exits()
  const { done, stopped, ended } = running()
  await tell("SIGTERM")
  Deferred.doneUnsafe(stopped, Effect.succeed("drained"))
  assert.strictEqual(await ended, "drained")
  for (const name of signals) assert.lengthOf(oursOf(name), 1)
  await tell("SIGTERM")
  assert.deepStrictEqual(done, ["drain"])
  assert.strictEqual(exit.mock.calls.length, 0)
})
