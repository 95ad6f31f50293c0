/** One round: runs a function somewhere, cancels it, and looks at what it left. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pause } from "../harness.ts"
import { type Kind, marksIn, nowMs } from "./evidence.ts"
import type { Scenario } from "./scenarios.ts"
import type { Running } from "./System.ts"
import type { Observation } from "./verdict.ts"

/** From the first sign of life to the cancel: in the midst of it. */
const cancelAfterMs = 50
/** How long the task takes that is ahead in the queue. */
const aheadMs = 200
/** How long the caller's loop is still busy when the function has returned. */
const busyMs = 5

/** Looks for so much longer than the function takes whether anything of it still comes. */
export const observe = async (
  running: Running,
  scenario: Scenario,
  lookLongerMs: number,
): Promise<Observation> => {
  const directory = mkdtempSync(join(tmpdir(), "scaler-cancel-"))
  const file = join(directory, "task")
  try {
    const answer =
      scenario.when === "queued"
        ? await cancelBehind(join(directory, "ahead"), running, scenario, file)
        : await cancelOne(running, scenario, file)
    await pause(scenario.ms * scenario.attemptsMax + lookLongerMs)
    return { ...answer, marks: marksIn(file) }
  } finally {
    rmSync(directory, { recursive: true })
  }
}

type Answer = Omit<Observation, "marks">

const cancelOne = async (running: Running, scenario: Scenario, file: string): Promise<Answer> => {
  const { run, ms, when, attemptsMax } = scenario
  const { cancel } = await running.submit(run, { file, ms }, attemptsMax)
  await moment(when, file)
  const askedMs = nowMs()
  const told = await cancel()
  return { askedMs, told, toldMs: nowMs() }
}

/** While another task runs, which is awaited: after it the queued one would have its turn. */
const cancelBehind = async (
  ahead: string,
  running: Running,
  scenario: Scenario,
  file: string,
): Promise<Answer> => {
  await running.submit("idle", { file: ahead, ms: aheadMs }, 1)
  await until(ahead, "began")
  const answer = await cancelOne(running, scenario, file)
  await until(ahead, "returned")
  return answer
}

const moment = async (when: Scenario["when"], file: string): Promise<void> => {
  switch (when) {
    case "queued":
      return pause(cancelAfterMs)
    case "returned":
      await until(file, "began")
      return blockUntilReturned(file)
    case "running":
    case "in child":
      await until(file, when === "running" ? "began" : "child")
      return pause(cancelAfterMs)
  }
}

const has = (file: string, kind: Kind): boolean => marksIn(file).some((mark) => mark.kind === kind)

const until = async (file: string, kind: Kind): Promise<void> => {
  while (!has(file, kind)) await pause(1)
}

/** Blocks this very loop, as a caller does who is busy, so that nobody can tell it of the value. */
const blockUntilReturned = (file: string): void => {
  const cell = new Int32Array(new SharedArrayBuffer(4))
  while (!has(file, "returned")) Atomics.wait(cell, 0, 0, 1)
  Atomics.wait(cell, 0, 0, busyMs)
}
