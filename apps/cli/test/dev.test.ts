import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { assert, it, vi } from "vitest"
import { clusterTasks } from "./Cluster.ts"
import { Directory, Run, scaler } from "./support.ts"

const moduleOf = (value: string): string => `
import { defineTasks } from "@scaler-ts/protocol/tasks"
import { other } from "./other.ts"
export const tasks = defineTasks(import.meta.url, { tell: () => ${value} + other })
`

/** Within the project, so that the module finds its packages. */
const place = join(import.meta.dirname, "../../../.cache")

it("dev runs tasks, and starts another worker when a module that they need has changed", async () => {
  using directory = new Directory({ "tasks.ts": moduleOf("1"), "other.ts": "export const other = 1" }, place) // oxfmt-ignore
  const socket = join(directory.path, "it.sock")
  const env = { SCALER_ADDRESS: `ipc://${socket}`, HOME: directory.path }
  const call = async (): Promise<string> => {
    const { stderr, stdout } = await scaler(directory.path, ["call", "tell"], env)
    return stdout + stderr
  }
  const dev = new Run(directory.path, ["dev", "tasks.ts"], env)
  try {
    await dev.says("stdout", "dev-1 works")
    assert.strictEqual(await call(), "2\n")

    directory.write("other.ts", "export const other = 41")
    await dev.says("stdout", "other.ts has changed: starting a worker of what it is now\n")
    await dev.says("stdout", "dev-2 works")
    assert.strictEqual(await call(), "42\n")

    directory.write("tasks.ts", "export const tasks = (")
    await dev.says("stdout", "dev-3 could not start; mend the module and save it")
    assert.strictEqual(await call(), "42\n", "the worker before goes on")

    directory.write("tasks.ts", moduleOf("2"))
    await dev.says("stdout", "dev-4 works")
    assert.strictEqual(await call(), "43\n")
  } finally {
    dev.child.kill("SIGINT")
  }
  const { code, stdout } = await dev.finished
  assert.include(stdout, "stopping: cancelling what runs")
  assert.strictEqual(code, 0)
  assert.isFalse(existsSync(socket))
})

it("dev leaves at Ctrl-C that comes again, and no worker stays behind, also when it is killed itself", async () => {
  using directory = new Directory({})
  const env = { HOME: directory.path }
  for (const signals of [["SIGINT", "SIGINT"], ["SIGKILL"]] as const) {
    const address = `ipc://${directory.path}/${signals[0]}.sock`
    const dev = new Run(directory.path, ["dev", clusterTasks, "--address", address], env)
    await dev.says("stdout", "dev-1 works")
    const call = new Run(directory.path, ["call", "deaf", "--grace", "10m", "--address", address], env) // oxfmt-ignore
    await call.says("stderr", "not listening")
    dev.child.kill(signals[0])
    if (signals[1] !== undefined) {
      await dev.says("stdout", "stopping: cancelling what runs")
      dev.child.kill(signals[1])
    }
    const { code, stdout } = await dev.finished
    assert.strictEqual(code, signals[1] === undefined ? null : 130)
    if (code === 130) assert.match(stdout, /told again: killing what runs; \d cancels? not confirmed yet/) // oxfmt-ignore
    call.child.kill("SIGKILL")
    await call.finished
    await vi.waitUntil(() => !isRunning(address), { timeout: 30_000 })
  }
})

it("dev ends with all that it has started when nobody reads what it says any more", async () => {
  using directory = new Directory({})
  const address = `ipc://${directory.path}/it.sock`
  const dev = new Run(directory.path, ["dev", clusterTasks, "--address", address], { HOME: directory.path }) // oxfmt-ignore
  await dev.says("stdout", "listening at")
  dev.child.stdout.destroy()
  const { code, stderr } = await dev.finished
  assert.deepStrictEqual([code, stderr], [0, ""])
  assert.isFalse(isRunning(address))
  assert.isFalse(existsSync(`${directory.path}/it.sock`))
})

const isRunning = (address: string): boolean =>
  spawnSync("pgrep", ["-f", address], { encoding: "utf8" }).stdout !== ""

it("dev says at once that a module is not there", async () => {
  using directory = new Directory({})
  const { code, stderr } = await scaler(directory.path, ["dev", "gone.ts"], {
    HOME: directory.path,
  })
  assert.strictEqual(code, 2)
  assert.include(stderr, "There is no module gone.ts in ")
})
