/** A cluster of one executor that several tests share, and a folder for what its tasks write. */
import * as Local from "@scaler-ts/local"
import type { TaskDefinition } from "@scaler-ts/protocol/tasks"
import type { Future } from "@scaler-ts/future/promise"
import { temporary } from "../../packages/worker/test/fixtures/processEvidence.ts"
import { allTasks } from "../evidence/fixtures/allTasks.ts"
import { assertFree } from "./evidence.ts"

/** What a task is told: where to write, and perhaps more. */
export interface Evidence {
  readonly file: string
}

/** In an object, because a promise that is resolved with a future resolves with its value. */
export interface Begun {
  readonly future: Future<unknown>
  readonly file: string
}

/** Long enough for what stops when it is asked. */
export const graceMs = 40

export class Stage implements AsyncDisposable {
  readonly cluster: Local.Cluster
  private readonly folder = temporary()
  private files = 0

  private constructor(cluster: Local.Cluster) {
    this.cluster = cluster
  }

  static async open(options: Omit<Local.LocalOptions, "tasks">): Promise<Stage> {
    return new Stage(await Local.start({ tasks: allTasks, slots: 2, graceMs, ...options }))
  }

  /** The name of a file that nobody has written to yet. */
  newFile(): string {
    return this.folder.file(String(this.files++))
  }

  submit<Input extends Evidence>(
    task: TaskDefinition<Input, unknown>,
    more: NoInfer<Omit<Input, "file">>,
  ): Begun {
    const file = this.newFile()
    // TypeScript does not see that the two are all of the input.
    return { future: this.cluster.submit(task, { file, ...more } as unknown as Input), file }
  }

  /** Waits until so many tasks are with the worker. */
  async untilPlaced(count: number): Promise<void> {
    while (this.cluster.status().scheduler.tasks.running < count) await new Promise(setImmediate)
  }

  /** Everything it has is free, and can be used. */
  async [Symbol.asyncDispose](): Promise<void> {
    await assertFree(this.cluster)
    await this.cluster.close()
    this.folder[Symbol.dispose]()
  }
}
