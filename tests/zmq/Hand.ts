/** A process of a test that does what it is told over a channel of its own, and tells what it has done. */
import { type ChildProcess, spawn } from "node:child_process"
import { join } from "node:path"
import { root } from "../support/runFile.ts"

export class Hand<Order extends object, Told> {
  readonly child: ChildProcess
  /** Resolves once it takes orders. */
  readonly ready: Promise<void>

  /** `told` is called with all it says but for the first, which is that it is ready. */
  constructor(program: string, args: ReadonlyArray<string>, told: (what: Told) => void) {
    this.child = spawn(
      process.execPath,
      ["--conditions=@scaler-ts/source", join(root, `tests/zmq/fixtures/${program}.ts`), ...args],
      { cwd: root, stdio: ["ignore", "inherit", "inherit", "ipc"] },
    )
    this.ready = new Promise((resolve) => {
      this.child.once("message", () => {
        this.child.on("message", told)
        resolve()
      })
    })
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error("the process has not been started")
    return this.child.pid
  }

  order(order: Order): void {
    this.child.send(order)
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name)
  }
}
