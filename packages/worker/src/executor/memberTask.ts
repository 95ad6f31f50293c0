/** A task as a thread knows it: by module and name, until its module has been loaded. */
import { type AnyTask, tasksIn } from "@scaler-ts/protocol/tasks"

export class MemberTask {
  readonly module: string
  readonly name: string
  /** The task itself, once it has been found. */
  definition: AnyTask | undefined
  private loading: Promise<AnyTask> | undefined

  constructor(module: string, name: string) {
    this.module = module
    this.name = name
  }

  /** Imports the module and finds the task in it. Rejects with an error that says what is missing. */
  load(): Promise<AnyTask> {
    this.loading ??= this.find().finally(() => {
      // A failure is not kept: what was missing may be there at the next attempt.
      this.loading = undefined
    })
    return this.loading
  }

  private async find(): Promise<AnyTask> {
    const tasks = tasksIn(await this.importModule())
    const found = tasks.filter((task) => task.name === this.name)
    this.definition = found.find((task) => task.module === this.module)
    if (this.definition !== undefined) return this.definition
    throw new Error(
      `task "${this.name}" is not in its module ${this.module}: ${this.instead(tasks, found)}`,
    )
  }

  private async importModule(): Promise<object> {
    try {
      const module: object = await import(this.module)
      return module
    } catch (cause) {
      throw new Error(
        `task "${this.name}": its module ${this.module} cannot be loaded: ${String(cause)}`,
        { cause },
      )
    }
  }

  private instead(tasks: ReadonlyArray<AnyTask>, found: ReadonlyArray<AnyTask>): string {
    if (found[0] !== undefined) {
      return `the task of that name says that its module is ${found[0].module}; give defineTasks the import.meta.url of the module that calls it`
    }
    const own = tasks.filter(({ module }) => module === this.module)
    if (own.length === 0) return "it exports no tasks; export what defineTasks returns"
    return `it exports the tasks ${own.map(({ name }) => `"${name}"`).join(", ")}`
  }
}
