/** A worker of `scaler-ts dev`: the command itself in a process of its own. */
import { type ChildProcess, spawn } from "node:child_process"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"

export interface DevWorkerListener {
  /** It offers its tasks to the scheduler. */
  readonly works: (worker: DevWorker) => void
  /** It has imported a module of the user's. */
  readonly imported: (path: string) => void
  /** It, or what runs in it, has said something. */
  readonly said: (worker: DevWorker, line: string) => void
  readonly ended: (worker: DevWorker) => void
}

/** What a worker tells the process that has started it, of each module that is imported. */
export interface Imported {
  readonly type: "imported"
  readonly path: string
}

const main = fileURLToPath(new URL(`../main${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url)) // oxfmt-ignore

export class DevWorker {
  readonly name: string
  isWorking = false
  isEnded = false
  private readonly child: ChildProcess

  constructor(name: string, args: ReadonlyArray<string>, listener: DevWorkerListener) {
    this.name = name
    const flags = ["worker", ...args, "--name", name]
    this.child = spawn(process.execPath, [...process.execArgv, main, ...flags], {
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      // A group of its own: Ctrl-C is for whoever runs it, and reaches it in order.
      detached: true,
    })
    this.child.on("message", (message: Imported) => listener.imported(message.path))
    this.lines("stdout", (line) => {
      if (this.isWorking || !line.startsWith(`${name} works for `)) return listener.said(this, line)
      this.isWorking = true
      listener.works(this)
    })
    this.lines("stderr", (line) => listener.said(this, line))
    this.child.on("close", () => {
      this.isEnded = true
      listener.ended(this)
    })
  }

  /** Lets it finish what it runs. */
  end(): void {
    this.child.kill("SIGTERM")
  }

  /** Ends it at once, with whatever it runs. */
  kill(): void {
    this.child.kill("SIGKILL")
  }

  private lines(stream: "stdout" | "stderr", said: (line: string) => void): void {
    const input = this.child[stream]
    if (input !== null) createInterface({ input, crlfDelay: Infinity }).on("line", said)
  }
}
