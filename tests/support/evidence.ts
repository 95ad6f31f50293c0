/** What tasks leave behind: files, processes and threads, of which our own tables know nothing. */
import { once } from "node:events"
import { existsSync } from "node:fs"
import { connect } from "node:net"
import process from "node:process"
import { setTimeout } from "node:timers/promises"
import type { Future, TaskLost } from "@scaler-ts/future/promise"
import type { Cluster } from "@scaler-ts/local"
import { assert } from "vitest"
import { linesOf, runs } from "../../packages/worker/test/fixtures/processEvidence.ts"
import { tasks as plain } from "../evidence/fixtures/plainTasks.ts"
import { stopped, untimed } from "./receipts.ts"

export { linesOf, runs, temporary } from "../../packages/worker/test/fixtures/processEvidence.ts"

export const executors = ["thread", "process"] as const

/** Waits until a file has so many lines. */
export const untilLines = async (file: string, count: number): Promise<ReadonlyArray<string>> => {
  for (;;) {
    const lines = linesOf(file)
    if (lines.length >= count) return lines
    await setTimeout(1)
  }
}

/** Where the task runs that writes to a file, as it said itself. */
export const whereOf = async (file: string): Promise<string> => (await untilLines(file, 1))[0] ?? ""

/** Whether what said that it runs there does: a process, or a thread of ours. */
export const isThere = (where: string): boolean => {
  const [pid = 0, , thread = 0] = where.split("/").map(Number)
  return pid === process.pid ? existsSync(`/proc/${pid}/task/${thread}`) : runs(pid)
}

/** Whether anybody takes connections at a port of this machine. */
export const isListening = async (port: number): Promise<boolean> => {
  const socket = connect(port, "127.0.0.1")
  try {
    await once(socket, "connect")
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

/** For so long is looked whether what was said to have stopped goes on; it would mark every few milliseconds. */
const watchedMs = 100

/** Asserts that nothing is written to a file from now on. */
export const assertSilent = async (file: string): Promise<void> => {
  const before = linesOf(file).length
  await setTimeout(watchedMs)
  assert.deepStrictEqual(linesOf(file).slice(before), [], `written to ${file} after the receipt`)
}

/** Cancels what writes to a file, and asserts that the receipt and the kernel say it was killed. */
export const assertKilled = async (future: Future<unknown>, file: string): Promise<void> => {
  const where = await whereOf(file)
  const isKnown = process.platform === "linux"
  assert.isTrue(isThere(where) || !isKnown, where)
  const receipt = await future.cancel()
  const silent = assertSilent(file)
  assert.isFalse(isThere(where), `${where} runs although it was said to have been killed`)
  assert.deepStrictEqual(untimed(receipt), stopped("killed", "worker-1"))
  await silent
}

/** Why a task was lost; it has to be. */
export const lossOf = async (future: Future<unknown>): Promise<TaskLost> => {
  const outcome = await future.outcome()
  if (outcome._tag !== "Lost") return assert.fail(`it ended as ${outcome._tag}`)
  return outcome.error
}

/** Asserts that nothing is under way and no slot taken, and that the slots can be used. */
export const assertFree = async (cluster: Cluster): Promise<void> => {
  const { tasks, workers } = cluster.status().scheduler
  assert.deepStrictEqual(tasks, { queued: 0, running: 0, recalling: 0, cancelling: 0 })
  for (const { name, held } of workers) assert.strictEqual(held, 0, name)
  const slots = workers.reduce((sum, { slots }) => sum + slots, 0)
  const numbers = Array.from({ length: 2 * slots }, (_, n) => n)
  const outcomes = await Array.fromAsync(cluster.map(plain.same, numbers))
  assert.deepStrictEqual(
    outcomes.map((one) => one._tag === "Succeeded" && one.value),
    numbers,
  )
}
