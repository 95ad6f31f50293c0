/** A Redis server of our own, on a socket in a directory of its own. */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pause } from "../harness.ts"
import { Missing } from "./System.ts"

export interface Redis {
  /** The path of its socket. */
  readonly path: string
  readonly stop: () => Promise<void>
}

/** Nothing is kept, and no port is opened. */
const optionsIn = (directory: string, path: string): ReadonlyArray<string> => [
  ...["--port", "0", "--unixsocket", path],
  ...["--dir", directory, "--save", "", "--appendonly", "no"],
]

export const startRedis = async (): Promise<Redis> => {
  const directory = mkdtempSync(join(tmpdir(), "scaler-redis-"))
  const path = join(directory, "redis.sock")
  const remove = (): void => rmSync(directory, { recursive: true, force: true })
  try {
    const server = await spawned(
      spawn("redis-server", optionsIn(directory, path), { stdio: "ignore" }),
    )
    const exited = once(server, "exit")
    while (!existsSync(path)) {
      if (server.exitCode !== null) throw new Error("redis-server ended before it listened")
      await pause(5)
    }
    return {
      path,
      stop: async () => {
        server.kill()
        await exited
        remove()
      },
    }
  } catch (error) {
    remove()
    throw error
  }
}

const spawned = async (server: ChildProcess): Promise<ChildProcess> => {
  try {
    await once(server, "spawn")
  } catch (cause) {
    const how = "install it, as with apt-get install redis-server or brew install redis"
    throw new Missing(`no redis-server on the PATH; ${how}`, { cause })
  }
  return server
}
