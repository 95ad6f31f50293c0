import { AllowedKeys, ZmqKeys } from "@scaler-ts/adapter-zmq"
import { chmodSync, readFileSync, statSync } from "node:fs"
import { createServer } from "node:net"
import { once } from "node:events"
import { join } from "node:path"
import { afterAll, assert, beforeAll, expect, it } from "vitest"
import { clusterTasks } from "./Cluster.ts"
import { Directory, type Finished, jsonLines, Run, scaler } from "./support.ts"

const directory = new Directory({})
const env = { HOME: directory.path }
const run = (...args: ReadonlyArray<string>): Promise<Finished> => scaler(directory.path, args, env)
const servers: Array<Run> = []
let address = ""

/** As whoever has those keys. */
const as = (who: string): ReadonlyArray<string> => ["--address", address, "--keys-file", `${who}.key`, "--server-file", "scheduler.key.pub"] // oxfmt-ignore

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const at = server.address()
  server.close()
  await once(server, "close")
  return typeof at === "object" && at !== null ? at.port : 0
}

beforeAll(async () => {
  await run("keys", "scheduler.key")
  for (const role of ["client", "worker", "operator"]) {
    await run("keys", `${role}.key`, "--allow", "allowed", "--role", role, "--name", `the ${role}`)
  }
  await run("keys", "stranger.key")
  address = `tcp://127.0.0.1:${await freePort()}`
  const begin = async (sign: string, ...args: ReadonlyArray<string>): Promise<void> => {
    const server = new Run(directory.path, args, env)
    servers.push(server)
    await server.says("stdout", sign)
  }
  await begin("listening at", "scheduler", "--address", address, "--keys-file", "scheduler.key", "--allowed-file", "allowed") // oxfmt-ignore
  await begin("works for", "worker", clusterTasks, ...as("worker"), "--executor", "inline")
})
afterAll(async () => {
  for (const server of servers.toReversed()) {
    server.child.kill()
    await server.finished
  }
  directory[Symbol.dispose]()
})

it("keys are for their owner alone, are not written over, and can be shown again", async () => {
  const file = join(directory.path, "client.key")
  assert.strictEqual(statSync(file).mode & 0o777, 0o600)
  const before = readFileSync(file, "utf8")
  const { code, stdout } = await run("keys", "client.key", "--json", "--allow", "allowed", "--role", "client") // oxfmt-ignore
  const [line] = jsonLines(stdout)
  assert.strictEqual(code, 0)
  expect(line).toMatchObject({ isNew: false, allowed: [] })
  assert.strictEqual(readFileSync(file, "utf8"), before)
  assert.include(readFileSync(`${file}.pub`, "utf8"), String(line?.["publicKey"]))
  assert.include(readFileSync(join(directory.path, "allowed"), "utf8"), `client ${String(line?.["publicKey"])} the client\n`) // oxfmt-ignore
})

it("a line is added to a list whose last one has no end, and is one line", async () => {
  const { publicKey } = ZmqKeys.generate()
  directory.write("open", `worker ${publicKey} Ann`)
  await run("keys", "client.key", "--allow", "open", "--role", "client", "--name", `B\nworker ${publicKey}`) // oxfmt-ignore
  const entries = AllowedKeys.read(join(directory.path, "open"))
  assert.deepStrictEqual(
    entries.map(({ name, role }) => [role, name]),
    [
      ["worker", "Ann"],
      ["client", `B worker ${publicKey}`],
    ],
  )
})

it("whoever is on the list may be what it is listed as", async () => {
  const { code, stdout } = await run("call", "square", "12", ...as("client"))
  assert.deepStrictEqual([code, stdout], [0, "144\n"])
  const status = await run("workers", ...as("operator"))
  assert.include(status.stdout, "square, greet")
})

it.each([
  ["an operator that is listed as a client", "status", "client", /operator/],
  ["a client that is listed as a worker", "call square 1", "worker", /client/],
  ["somebody who is not listed", "status", "stranger", /allow|key/i],
])("%s is refused, with the reason", async (_, command, who, says) => {
  const { code, stderr } = await run(...command.split(" "), ...as(who), "--connect-within", "3s")
  assert.strictEqual(code, 1)
  assert.match(stderr, says)
})

it("without keys nobody gets in", async () => {
  const { code, stderr } = await run("status", "--address", address, "--connect-within", "2s")
  assert.strictEqual(code, 1)
  assert.include(stderr, address)
})

it.each([
  [
    ["status", "--address", "tcp://10.0.0.1:5555"],
    /beyond this machine.*give --keys-file and .*--insecure/,
  ],
  [
    ["status", "--keys-file", "client.key"],
    /the scheduler's public key; name its file with --server-file/,
  ],
  [
    ["status", "--server-file", "scheduler.key.pub"],
    /no keys of our own; name their file with --keys-file/,
  ],
  [["scheduler", "--keys-file", "scheduler.key"], /name its file with --allowed-file/],
  [["status", "--keys-file", "gone.key", "--server-file", "scheduler.key.pub"], /gone\.key/],
  [["keys", "x.key", "--role", "client"], /name the list, too, with --allow/],
  [["keys", "x.key", "--allow", "allowed"], /As what\? Give --role client/],
])("%j says what is missing", async (args, says) => {
  const { code, stderr } = await run(...args)
  assert.strictEqual(code, 2)
  assert.match(stderr, says)
})

it("a secret that others can read is not used", async () => {
  await run("keys", "open.key")
  chmodSync(join(directory.path, "open.key"), 0o644)
  const { code, stderr } = await run("status", ...as("open"))
  assert.strictEqual(code, 2)
  assert.match(stderr, /others may read the secret key in it; run: chmod 600 open\.key/)
})
