import assert from "node:assert/strict"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { test } from "vitest"
import { ProcessReaper } from "../src/executor/processReaper.ts"

test("a group that is told gone, also twice, does not keep the others from being ended", async () => {
  const [one, other] = [sleeping(), sleeping()]
  const reaper = new ProcessReaper()
  reaper.add(one.pid ?? 0)
  reaper.add(other.pid ?? 0)
  for (let time = 0; time < 40; time++) reaper.remove(other.pid ?? 0)
  const ended = once(one, "exit")
  reaper.close()
  assert.deepEqual(await ended, [null, "SIGKILL"])
  assert.equal(other.exitCode ?? other.signalCode, null, "what was told gone is left alone")
  other.kill("SIGKILL")
})

const sleeping = () => spawn("sleep", ["100"], { detached: true, stdio: "ignore" })
