/** The processes that a test file has started, so that none is left when a test of it has taken too long. */
import { type ChildProcess, execFileSync } from "node:child_process"
import { subscribe } from "node:diagnostics_channel"

/** Those that run, or that could not be started. */
const started = new Set<ChildProcess>()

/** From now on it is known of each process that is started here. */
export const watchProcesses = (): void =>
  subscribe("child_process", (message) => {
    const { process: child } = message as { readonly process: ChildProcess }
    started.add(child)
    child.once("exit", () => started.delete(child))
  })

/** Ends those that run, and all that they have started. One may be stopped, and hear nothing else. */
export const endProcesses = (): void => {
  const running = [...started].flatMap(({ pid }) => pid ?? [])
  started.clear()
  if (running.length === 0) return
  const children = new Map<number, Array<number>>()
  const listed = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" })
  for (const line of listed.trim().split("\n")) {
    const [pid = 0, parent = 0] = line.trim().split(/\s+/).map(Number)
    children.set(parent, [...(children.get(parent) ?? []), pid])
  }
  for (let pid = running.pop(); pid !== undefined; pid = running.pop()) {
    running.push(...(children.get(pid) ?? []))
    try {
      process.kill(pid, "SIGKILL")
    } catch {
      // It has just ended by itself.
    }
  }
}
