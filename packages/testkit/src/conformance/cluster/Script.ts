/** Tasks whose ends a test controls, and the record of what their functions really did. */
import { defineTasks, type TaskContext, type TaskDefinition } from "@scaler-ts/protocol/tasks"

/** One call of a task's function. */
interface Call {
  readonly name: string
  readonly finish: (value: string) => void
}

export interface ScriptTasks {
  /** Returns its input at once. */
  readonly echo: TaskDefinition<unknown, unknown>
  /** Runs until it is told to finish, or asked to stop. */
  readonly held: TaskDefinition<string, string>
  /** Runs until it is told to finish, whoever asks it to stop. */
  readonly deaf: TaskDefinition<string, string>
  /** Throws a `RangeError` with this message. */
  readonly throws: TaskDefinition<string, never>
  /** Logs so many lines and tells its progress before each, then returns. */
  readonly talk: TaskDefinition<number, string>
}

export class Script {
  /** What the functions did, in order: `began x`, `stopped x`, `ended x`. */
  readonly record: Array<string> = []
  /** How many functions were under way at the same time, at most. */
  peak = 0
  /** How often `echo` was called. */
  echoes = 0
  readonly tasks: ScriptTasks
  private readonly calls = new Set<Call>()
  private over = false

  constructor() {
    this.tasks = defineTasks(import.meta.url, {
      echo: (value: unknown) => {
        this.echoes++
        return value
      },
      held: (name: string, { signal }: TaskContext) => this.begin(name, signal),
      deaf: (name: string) => this.begin(name, undefined),
      throws: (message: string): never => {
        throw new RangeError(message)
      },
      talk: (lines: number, { log, progress }: TaskContext) => {
        for (let line = 0; line < lines; line++) {
          progress(line / lines)
          log(`line ${line}`)
        }
        return "said"
      },
    })
  }

  /** How many functions are under way. */
  get running(): number {
    return this.calls.size
  }

  has(entry: string): boolean {
    return this.record.includes(entry)
  }

  /** Lets every call of that name return it. */
  finish(name: string): void {
    for (const call of this.calls) if (call.name === name) call.finish(name)
  }

  /** Lets every call return, and those that come, too. */
  finishAll(): void {
    this.over = true
    for (const call of this.calls) call.finish(call.name)
  }

  private begin(name: string, signal: AbortSignal | undefined): Promise<string> {
    this.record.push(`began ${name}`)
    return new Promise((resolve, reject) => {
      const end = (how: "ended" | "stopped"): void => {
        this.calls.delete(call)
        this.record.push(`${how} ${name}`)
      }
      const finish = (value: string): void => {
        end("ended")
        resolve(value)
      }
      const call: Call = { name, finish }
      this.calls.add(call)
      this.peak = Math.max(this.peak, this.calls.size)
      signal?.addEventListener("abort", () => {
        if (!this.calls.has(call)) return
        end("stopped")
        reject(signal.reason as Error)
      })
      if (this.over) finish(name)
    })
  }
}
