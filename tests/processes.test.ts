// What a test leaves running when it has taken too long is ended with its file, however it takes that.
import { spawn } from "node:child_process"
import { once } from "node:events"
import { assert, it } from "vitest"
import { runs, untilGone } from "../packages/worker/test/fixtures/processEvidence.ts"
import { endProcesses } from "./support/processes.ts"

/** A shell that hears nothing but a kill, and its child: both would go on for longer than any test. */
const family = async (): Promise<ReadonlyArray<number>> => {
  const script = "trap '' TERM INT HUP; sleep 1000 & echo $!; wait"
  const shell = spawn("sh", ["-c", script], { stdio: ["ignore", "pipe", "ignore"] })
  const [printed] = await once(shell.stdout, "data")
  return [shell.pid ?? 0, Number(printed)]
}

it("all that runs is ended, also what is stopped, and what it has started", async () => {
  const pids = [...(await family()), ...(await family())]
  process.kill(pids[0] ?? 0, "SIGSTOP")
  assert.deepStrictEqual(pids.filter(runs), pids)
  endProcesses()
  for (const pid of pids) await untilGone(pid)
})

it("what has ended by itself, and what could not be started, is left alone", async () => {
  const ended = spawn("true")
  await once(ended, "exit")
  const none = spawn("./no such program")
  await once(none, "error")
  assert.doesNotThrow(endProcesses)
})
