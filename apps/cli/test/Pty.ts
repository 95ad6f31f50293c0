/** A program on a pseudo-terminal, and what can be seen on it. */
import { type IPty, spawn } from "@lydell/node-pty"
import xterm from "@xterm/headless"

export interface PtyOptions {
  readonly columns?: number
  readonly rows?: number
  readonly env?: Record<string, string>
}

/** Well before a test has run out of time, so that one sees what it waited for. */
const hangsAfterMs = 60_000

/** `await using` it: what still runs then is killed. */
export class Pty implements AsyncDisposable {
  readonly ended: Promise<number>
  private readonly process: IPty
  private readonly terminal: xterm.Terminal
  private isEnded = false
  private onChange: () => void = () => {}
  /** All that was written, as it was. */
  written = ""

  constructor(command: string, args: ReadonlyArray<string>, options: PtyOptions = {}) {
    const { columns: cols = 80, rows = 24, env } = options
    this.terminal = new xterm.Terminal({ cols, rows, allowProposedApi: true, scrollback: 1_000 })
    const inherited = {
      ...process.env,
      TERM: "xterm-256color",
      NO_COLOR: "",
      NODE_NO_WARNINGS: "1",
    }
    this.process = spawn(command, [...args], { cols, rows, env: { ...inherited, ...env } })
    this.process.onData((text) => {
      this.written += text
      this.terminal.write(text, () => this.onChange())
    })
    this.ended = new Promise((resolve) => {
      this.process.onExit(({ exitCode }) => {
        this.isEnded = true
        this.terminal.write("", () => {
          this.onChange()
          resolve(exitCode)
        })
      })
    })
  }

  get pid(): number {
    return this.process.pid
  }

  /** The lines that can be seen. */
  get lines(): ReadonlyArray<string> {
    const { active } = this.terminal.buffer
    return Array.from(
      { length: this.terminal.rows },
      (_, row) => active.getLine(active.baseY + row)?.translateToString(true) ?? "",
    )
  }

  /** Whether the other page of the terminal is shown, that of programs which take it whole. */
  get isAlternate(): boolean {
    return this.terminal.buffer.active.type === "alternate"
  }

  press(keys: string): void {
    this.process.write(keys)
  }

  resize(columns: number, rows: number): void {
    this.terminal.resize(columns, rows)
    this.process.resize(columns, rows)
  }

  /** Resolves once the screen shows it; rejects if the program ends without, or seems to hang. */
  shows(what: string | RegExp): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = (how: string): void =>
        reject(new Error(`${how} without showing ${what}:\n${this.lines.join("\n")}`))
      const timer = setTimeout(() => fail("waits"), hangsAfterMs)
      const shown = (): boolean => {
        const text = this.lines.join("\n")
        return typeof what === "string" ? text.includes(what) : what.test(text)
      }
      this.onChange = () => {
        if (shown()) resolve()
        else if (this.isEnded) fail("ended")
        else return
        clearTimeout(timer)
        this.onChange = () => {}
      }
      this.onChange()
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.isEnded) this.process.kill("SIGKILL")
    await this.ended
    this.terminal.dispose()
  }
}
