import { join } from "node:path"
import { afterAll, assert, describe, it } from "vitest"
import { CommandError } from "../src/CommandError.ts"
import { type Given, Resolver } from "../src/settings/resolve.ts"
import { flagOf, keys, socketFolder, variableOf } from "../src/settings/settings.ts"
import { Directory, jsonLines, scaler } from "./support.ts"

const directory = new Directory({})
afterAll(() => directory[Symbol.dispose]())

interface Said {
  readonly given?: Given
  readonly env?: Record<string, string>
  readonly toml?: string
  readonly config?: string
}

const resolver = ({ config, env = {}, given = {}, toml = "" }: Said): Resolver => {
  directory.write("scaler.toml", toml)
  return new Resolver({ given, env, config, cwd: directory.path })
}

/** What is said of a mistake: it is one of usage. */
const mistake = (look: () => unknown): string => {
  try {
    look()
  } catch (error) {
    if (error instanceof CommandError && error.exitCode === 2) return error.message
    throw error
  }
  return "nothing"
}

describe("which of several holds", () => {
  const toml = '[worker]\ngrace = "1s"\n'
  const env = { SCALER_WORKER_GRACE: "2s" }
  it.each<[string, Said, number, string]>([
    ["a flag's", { given: { "worker.grace": "3s" }, env, toml }, 3_000, "--grace"],
    ["a variable's", { env, toml }, 2_000, "SCALER_WORKER_GRACE"],
    ["the file's", { toml }, 1_000, "scaler.toml"],
    ["an empty variable says nothing", { env: { SCALER_WORKER_GRACE: "" } }, 5_000, "default"],
    ["nobody's", {}, 5_000, "default"],
  ])("%s", (_, said, value, from) => {
    assert.deepStrictEqual(resolver(said).resolve("worker.grace"), { value, from })
  })

  it("a file that is named is read and no other", () => {
    directory.write("other.toml", "[worker]\nslots = 7")
    const named = resolver({ config: "other.toml", toml: "[worker]\nslots = 6" })
    assert.deepStrictEqual(named.resolve("worker.slots"), { value: 7, from: "other.toml" })
    const byVariable = resolver({ env: { SCALER_CONFIG: join(directory.path, "other.toml") } })
    assert.strictEqual(byVariable.get("worker.slots"), 7)
  })

  it("each value can be said by each", () => {
    const told = resolver({
      toml: "insecure = true\n[worker]\nslots = 3\nexecutor = 'thread'\n[worker.capabilities]\ngpu = 1\nmemory = 2.5\n",
    })
    assert.strictEqual(told.get("insecure"), true)
    assert.strictEqual(told.get("worker.slots"), 3)
    assert.strictEqual(told.get("worker.executor"), "thread")
    assert.deepStrictEqual(told.get("worker.capabilities"), { gpu: 1, memory: 2.5 })
    const by = resolver({ env: { SCALER_WORKER_CAPABILITIES: "gpu=1, memory=2.5" } })
    assert.deepStrictEqual(by.get("worker.capabilities"), { gpu: 1, memory: 2.5 })
    assert.deepStrictEqual(resolver({ env: { SCALER_SCHEDULER_METRICS: "9464" } }).get("scheduler.metrics"), { host: "127.0.0.1", port: 9464 }) // oxfmt-ignore
  })
})

describe("a mistake", () => {
  it.each<[string, Said, string]>([
    [
      "of a flag",
      { given: { "worker.slots": "many" } },
      '--slots is "many"; give a whole number from 1 up.',
    ],
    [
      "of a variable",
      { env: { SCALER_WORKER_SLOTS: "0" } },
      'SCALER_WORKER_SLOTS is "0"; give a whole number from 1 up.',
    ],
    [
      "of the file",
      { toml: "[worker]\nslots = 1.5" },
      'worker.slots in scaler.toml is "1.5"; give a whole number from 1 up.',
    ],
  ])("%s is named, with what to give", (_, said, says) => {
    assert.strictEqual(
      mistake(() => resolver(said).get("worker.slots")),
      says,
    )
  })

  it.each<[Given, string]>([
    [
      { address: "localhost:5555" },
      '--address is "localhost:5555"; give tcp://host:port or ipc://path.',
    ],
    [
      { "worker.grace": "5" },
      '--grace is "5"; give a number and a unit, such as 500ms, 30s, 2m or 1h.',
    ],
    [{ "worker.executor": "fiber" }, '--executor is "fiber"; give process, thread or inline.'],
    [
      { "worker.capabilities": "gpu" },
      '--capabilities is "gpu"; give names with positive quantities, such as gpu=1,memory=2.5.',
    ],
    [{ "worker.name": "" }, '--name is ""; give some text.'],
    [{ insecure: "maybe" }, '--insecure is "maybe"; give true or false.'],
    [
      { "scheduler.metrics": "host:99999" },
      '--metrics is "host:99999"; give host:port, such as 127.0.0.1:9464, or a port.',
    ],
  ])("%j", (given, says) => {
    const [key] = keys.filter((one) => given[one] !== undefined)
    assert.strictEqual(
      mistake(() => key && resolver({ given }).get(key)),
      says,
    )
  })

  it.each<[string, string]>([
    ["wroker = 1", "scaler.toml sets wroker, which is no setting."],
    [
      "[worker]\nslotss = 1",
      "scaler.toml sets worker.slotss, which is no setting. Did you mean worker.slots?",
    ],
    [
      "drain = [1]",
      "scaler.toml sets drain to a list or a date; give one text, number, truth value or table.",
    ],
    ["drain = ", "scaler.toml:1:"],
  ])("the file %j", (toml, says) => {
    assert.include(
      mistake(() => resolver({ toml })),
      says,
    )
  })

  it("a file that is not there is missed only where it was named", () => {
    assert.match(
      mistake(() => resolver({ config: "gone.toml" })),
      /gone\.toml cannot be read: there is no such file\. Name another/,
    )
    const alone = new Resolver({ given: {}, config: undefined, cwd: "/", env: {} })
    assert.strictEqual(alone.file, undefined)
  })
})

it("no two settings share a flag, and none a variable", () => {
  for (const nameOf of [flagOf, variableOf]) {
    assert.strictEqual(new Set(keys.map(nameOf)).size, keys.length)
  }
})

it("without a home, and without a folder for this run, the socket is in a temporary folder of our own", () => {
  assert.match(socketFolder({}), /scaler-ts-\w+$/)
  assert.match(socketFolder({ XDG_RUNTIME_DIR: "/run/user/7" }), /^\/run\/user\/7\/scaler-ts-\w+$/)
})

describe("config", () => {
  it("says what holds and who says so: flag, variable, file, default", async () => {
    directory.write("scaler.toml", '[worker]\nslots = 3\ngrace = "7s"\nname = "file"\n')
    const flags = ["--name", "flag", "--tasks-max", "5", "--metrics", "9464", "--capabilities", "gpu=1"] // oxfmt-ignore
    const run = await scaler(directory.path, ["config", "--json", ...flags], {
      SCALER_ADDRESS: "ipc://it",
    })
    const settings = new Map(
      jsonLines(run.stdout).map(({ from, key, value }) => [key, [value, from]]),
    )
    assert.deepStrictEqual(settings.get("worker.name"), ["flag", "--name"])
    assert.deepStrictEqual(settings.get("scheduler.tasks-max"), ["5", "--tasks-max"])
    assert.deepStrictEqual(settings.get("scheduler.metrics"), ["127.0.0.1:9464", "--metrics"])
    assert.deepStrictEqual(settings.get("worker.capabilities"), ["gpu=1", "--capabilities"])
    assert.sameMembers([...settings.keys()], keys.slice())
    assert.deepStrictEqual(settings.get("address"), ["ipc://it", "SCALER_ADDRESS"])
    assert.deepStrictEqual(settings.get("worker.slots"), ["3", "scaler.toml"])
    assert.deepStrictEqual(settings.get("worker.grace"), ["7s", "scaler.toml"])
    assert.deepStrictEqual(settings.get("drain"), ["30s", "default"])
  })
})
