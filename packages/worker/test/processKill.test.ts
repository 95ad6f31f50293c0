import { assert, describe, it } from "@effect/vitest"
import { execFileSync } from "node:child_process"
import { once } from "node:events"
import { readFileSync, writeFileSync } from "node:fs"
import { connect } from "node:net"
import { subprocess } from "../src/process.ts"
import { type End, PoolProbe } from "./fixtures/poolProbe.ts"
import { linesOf, runs, temporary, writerOf, writtenLater } from "./fixtures/processEvidence.ts"
import { tasks } from "./fixtures/processTasks.ts"

const reasonOf = (end: End): string => (end._tag === "exited" ? end.reason : end._tag)
const killed = "the process that ran it was killed"

describe("killing an attempt kills everything it has started", () => {
  it.each(["execSync", "spawnAndIgnore", "orphan"] as const)("%s", async (name) => {
    using folder = temporary()
    await using pool = await PoolProbe.open(subprocess({ slots: 1 }))
    const file = folder.file(name)
    const key = pool.start(tasks[name], { file })
    const started = await writerOf(file)
    assert.isTrue(runs(started))
    pool.executor.interrupt(key)
    pool.executor.kill(key)
    assert.strictEqual(reasonOf(await pool.end(key)), killed)
    assert.isFalse(runs(started))
    assert.strictEqual(await writtenLater(file), 0)
  })

  it("and tells it when the last of them is dead, however long that takes", async () => {
    using folder = temporary()
    await using pool = await PoolProbe.open(subprocess({ slots: 1 }))
    const key = pool.start(tasks.spawnHeavy, { file: folder.file("heavy") })
    const started = await writerOf(folder.file("heavy"))
    let ranWhenTold: boolean | undefined
    pool.onTold = (line) => {
      if (line === `exited ${key}`) ranWhenTold = runs(started)
    }
    pool.executor.kill(key)
    await pool.end(key)
    assert.isFalse(ranWhenTold)
  })

  it("but for what has made itself a session of its own", async () => {
    using folder = temporary()
    await using pool = await PoolProbe.open(subprocess({ slots: 1 }))
    const file = folder.file("detached")
    await pool.run(tasks.detach, { file })
    const started = await writerOf(file)
    const key = pool.start(tasks.signalSelf, "SIGSTOP")
    pool.executor.kill(key)
    await pool.end(key)
    assert.isTrue(runs(started))
    process.kill(started, "SIGKILL")
  })

  it("also a process that has been stopped by a signal", async () => {
    await using pool = await PoolProbe.open(subprocess({ slots: 1 }))
    const end = await pool.run(tasks.pid)
    const pid = Number(end._tag === "returned" && end.value)
    const key = pool.start(tasks.signalSelf, "SIGSTOP")
    while (!stateOf(pid).startsWith("T"));
    pool.executor.kill(key)
    assert.strictEqual(reasonOf(await pool.end(key)), killed)
    assert.isFalse(runs(pid))
  })
})

describe("a function that stops when it is asked, and leaves something behind", () => {
  it.each(["leaveChild", "leaveTimer"] as const)(
    "%s: is not called stopped, and is killed with what it left",
    async (name) => {
      using folder = temporary()
      await using pool = await PoolProbe.open(subprocess({ slots: 1 }))
      const file = folder.file(name)
      const key = pool.start(tasks[name], { file })
      await writerOf(file)
      pool.executor.interrupt(key)
      // It goes on, and that is what it is held to be doing.
      const before = linesOf(file).length
      while (linesOf(file).length < before + 20) await new Promise(setImmediate)
      assert.isFalse(pool.ends.has(key))
      pool.executor.kill(key)
      assert.strictEqual(reasonOf(await pool.end(key)), killed)
      assert.strictEqual(await writtenLater(file), 0)
    },
  )

  it("has stopped when that has ended: a child process", async () => {
    using folder = temporary()
    await using pool = await PoolProbe.open(subprocess({ slots: 1 }))
    const file = folder.file("shortly")
    const key = pool.start(tasks.leaveShortly, { file })
    await pool.heard(`log ${key} waiting`)
    pool.executor.interrupt(key)
    assert.strictEqual((await pool.end(key))._tag, "stopped")
    assert.strictEqual(readFileSync(file, "utf8"), "last")
  })

  it("has stopped when that has ended: work that only raced the signal", async () => {
    using folder = temporary()
    await using pool = await PoolProbe.open(subprocess({ slots: 1 }))
    const [file, until] = [folder.file("raced"), folder.file("until")]
    const key = pool.start(tasks.raceAndGoOn, { file, until })
    await pool.heard(`log ${key} waiting`)
    pool.executor.interrupt(key)
    while (linesOf(file).length === 0) await new Promise(setImmediate)
    writeFileSync(until, "")
    assert.strictEqual((await pool.end(key))._tag, "stopped")
    assert.deepStrictEqual(linesOf(file), ["aborted", "done"])
  })

  it("an open server is closed by the kill", async () => {
    await using pool = await PoolProbe.open(subprocess({ slots: 1 }))
    const key = pool.start(tasks.leaveServer)
    await pool.until(() => pool.story.some((line) => line.startsWith(`log ${key} `)))
    const port = Number(pool.story.at(-1)?.split(" ").at(-1))
    pool.executor.interrupt(key)
    const socket = connect(port, "127.0.0.1")
    await once(socket, "connect")
    socket.destroy()
    assert.isFalse(pool.ends.has(key))
    pool.executor.kill(key)
    assert.strictEqual(reasonOf(await pool.end(key)), killed)
    const [error] = await once(connect(port, "127.0.0.1"), "error")
    assert.strictEqual((error as NodeJS.ErrnoException).code, "ECONNREFUSED")
  })
})

describe("a kill harms nobody else", () => {
  it("what waited runs in another process, exactly once and in order", async () => {
    using folder = temporary()
    await using pool = await PoolProbe.open(subprocess({ slots: 2 }))
    const file = folder.file("kept")
    const keys = [pool.start(tasks.execSync, { file }), pool.start(tasks.pid)]
    const after = Array.from({ length: 10 }, () => pool.start(tasks.pid))
    await writerOf(file)
    const [victim = 0, ...others] = keys
    pool.executor.kill(victim)
    assert.strictEqual(reasonOf(await pool.end(victim)), killed)
    for (const key of [...others, ...after]) {
      assert.strictEqual((await pool.end(key))._tag, "returned")
    }
  })
})

const stateOf = (pid: number): string =>
  execFileSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" })
