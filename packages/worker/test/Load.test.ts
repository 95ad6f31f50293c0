import type { Message } from "@scaler-ts/protocol"
import assert from "node:assert/strict"
import process from "node:process"
import { test } from "vitest"
import { canReadOthers, ownUsage, usagesOf } from "../src/executor/processUsage.ts"
import { Load, loadBetween } from "../src/Load.ts"
import { subprocess } from "../src/process.ts"
import { thread } from "../src/thread.ts"
import { PoolProbe } from "./fixtures/poolProbe.ts"
import { type HandTimer, timersIn } from "./handTimers.ts"

const at = (atMs: number, ...usages: ReadonlyArray<readonly [number, number, number]>) => ({
  atMs,
  usages: usages.map(([id, cpuMs, memoryBytes]) => ({ id, cpuMs, memoryBytes })),
})

test("a load is the share of a processor over the time between, and the memory of all processes", () => {
  const before = at(1_000, [1, 100, 50], [2, 4_000, 60])
  assert.deepEqual(loadBetween(before, at(3_000, [1, 600, 70], [2, 6_500, 80])), {
    cpu: 1.5,
    memoryBytes: 150,
  })
})

test("a process that has come or gone, and one that has another's number, are never less than nothing", () => {
  const before = at(0, [1, 100, 1], [2, 9_000, 1], [3, 5_000, 1])
  const now = at(1_000, [1, 100, 1], [3, 200, 2], [4, 300, 4])
  assert.deepEqual(loadBetween(before, now), { cpu: 0.5, memoryBytes: 7 })
  assert.deepEqual(loadBetween(before, before), { cpu: 0, memoryBytes: 3 })
})

/** Timers and a clock of one who measures; `passed`: what has been used so far. */
const rig = (usage: (() => ReturnType<typeof at>["usages"]) | undefined) => {
  const timers: Array<HandTimer> = []
  const clock = { nowMs: 0 }
  const told: Array<Message.WorkerLoad> = []
  const loop = { afterInBackground: timersIn(timers), nowMs: () => clock.nowMs }
  const load = new Load(loop, (one) => told.push(one))
  load.start(usage)
  const pass = (): ReadonlyArray<Message.WorkerLoad> => {
    const timer = timers.at(-1)
    clock.nowMs += timer?.delayMs ?? 0
    timer?.fire()
    return told.splice(0)
  }
  return { load, timers, pass }
}

test("a worker tells its load again and again, but not twice without having heard anything", () => {
  let cpuMs = 0
  const { load, timers, pass } = rig(() => [{ id: 1, cpuMs: (cpuMs += 500), memoryBytes: 9 }])
  assert.deepEqual(pass(), [{ cpu: 0.5, memoryBytes: 9 }])
  assert.deepEqual([pass(), pass()], [[], []])
  load.heard()
  assert.deepEqual(pass(), [{ cpu: 0.1, memoryBytes: 9 }], "of the time since it looked last")
  load.stop()
  assert.equal(timers.at(-1)?.stopped, true)
})

test("where nobody can tell what is used, nothing is told and nothing waits", () => {
  assert.deepEqual(rig(undefined).timers, [])
})

test("what a process uses is the same whether it is asked, or its kernel", () => {
  const before = ownUsage()
  const [told] = usagesOf([process.pid])
  const after = ownUsage()
  if (!canReadOthers) return assert.equal(told, undefined)
  assert.ok(told !== undefined)
  // The kernel counts in ticks of 10 ms, user and system time each.
  assert.ok(told.cpuMs >= before.cpuMs - 30 && told.cpuMs <= after.cpuMs + 30)
  assert.ok(told.memoryBytes > before.memoryBytes / 2 && told.memoryBytes < 2 * after.memoryBytes)
  assert.deepEqual(usagesOf([2 ** 30]), [], "nobody")
})

test("threads are told as one process, and processes each", async () => {
  await using threads = await PoolProbe.open(thread({ slots: 2 }))
  assert.deepEqual(threads.executor.usage?.().map(({ id }) => id), [process.pid]) // oxfmt-ignore
  await using processes = await PoolProbe.open(subprocess({ slots: 2 }))
  const ids = processes.executor.usage?.().map(({ id }) => id)
  assert.equal(ids?.[0], canReadOthers ? process.pid : undefined)
  assert.ok(ids === undefined || ids.length >= 3, String(ids))
})
