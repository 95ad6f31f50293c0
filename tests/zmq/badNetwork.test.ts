// In a network of its own whose packets are lost, late and out of order, where the machine lets us have one.
import { execFile } from "node:child_process"
import { promisify } from "node:util"
import { assert, it, vi } from "vitest"
import { temporary } from "../../packages/worker/test/fixtures/processEvidence.ts"
import type { Ends } from "./fixtures/badNetwork.ts"
import { root } from "../support/runFile.ts"
import { notesOf } from "./notes.ts"

/** What may be wrong with a network, as `tc` has it: the worst first. Not every kernel has all of them. */
const wrongs = [
  "netem delay 2ms 1ms loss 2% duplicate 1% reorder 25%",
  // A line with room for a few packets, which loses those that come while it is full. None comes out of order.
  "tbf rate 30mbit burst 4kb limit 8kb",
]

/** Runs something where the only network is a loopback of which this is wrong. Resolves with what it prints. */
const runWith = async (wrong: string, ...command: ReadonlyArray<string>): Promise<string> => {
  const script = `ip link set lo mtu 1500 up; tc qdisc add dev lo root ${wrong}; exec "$@"`
  const args = ["--map-root-user", "--net", "sh", "-ec", script, "sh", ...command]
  const { stdout } = await promisify(execFile)("unshare", args, { cwd: root })
  return stdout
}

/** The worst that the machine lets us have. What it does not is printed, and why. */
const worst = async (): Promise<string | undefined> => {
  for (const wrong of wrongs) {
    try {
      await runWith(wrong, "true")
      return wrong
    } catch (error) {
      console.log(`no network with ${wrong} on this machine: ${String(error)}`)
    }
  }
  return undefined
}

const count = 500
const cancelled = 20

it("each task runs once, and each cancel is answered, however packets are lost", async () => {
  const log = vi.spyOn(console, "log")
  const wrong = await worst()
  const printed = log.mock.calls.map(([line]) => String(line))
  log.mockRestore()
  const missed = wrong === undefined ? wrongs : wrongs.slice(0, wrongs.indexOf(wrong))
  assert.strictEqual(printed.length, missed.length, "what is not tried is printed")
  for (const [index, one] of missed.entries()) assert.include(printed[index], `${one} on this`)
  if (wrong === undefined) return
  using folder = temporary()
  const file = folder.file("notes")
  const program = ["--conditions=@scaler-ts/source", "tests/zmq/fixtures/badNetwork.ts", file]
  const told = await runWith(wrong, process.execPath, ...program, String(count), String(cancelled))
  const { values, receipts, packetsLost }: Ends = JSON.parse(told)
  console.log(`${packetsLost} packets were lost to ${wrong}`)
  assert.isAbove(packetsLost, 0)
  assert.deepStrictEqual(values, [...values.keys()])
  assert.strictEqual(values.length, count)
  const { begun } = notesOf(file)
  assert.deepStrictEqual(new Set(begun.values()), new Set([1]))
  assert.strictEqual(begun.size, count)
  assert.deepStrictEqual(receipts, { Stopped: cancelled })
})
