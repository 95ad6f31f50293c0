/** Carries out how the scheduler stops (`Stopping.ts`). */
import type { Loop } from "@scaler-ts/runtime"
import * as Deferred from "effect/Deferred"
import * as Exit from "effect/Exit"
import type { LeftTask } from "./rows.ts"
import * as Stopping from "./Stopping.ts"

/** What a scheduler does to stop. */
export interface Stoppable {
  /** How many tasks have not ended. */
  readonly taskCount: () => number
  readonly closeDoors: () => void
  readonly cancelAll: () => void
  /** The tasks that have not ended. */
  readonly left: () => ReadonlyArray<LeftTask>
  /** Tells whoever asked, then everybody, and ends all conversations. What it returns is left. */
  readonly leave: () => ReadonlyArray<LeftTask>
}

export class Shutdown {
  /** Done when the scheduler has stopped, with what was left. */
  readonly done: Deferred.Deferred<ReadonlyArray<LeftTask>> = Deferred.makeUnsafe()
  private state: Stopping.State = "open"
  private stopBound: (() => void) | undefined
  private readonly loop: Pick<Loop.Loop, "after" | "defer">
  private readonly scheduler: Stoppable

  constructor(loop: Pick<Loop.Loop, "after" | "defer">, scheduler: Stoppable) {
    this.loop = loop
    this.scheduler = scheduler
  }

  get isUnderWay(): boolean {
    return this.state !== "open"
  }

  ask(boundMs: number): void {
    this.apply({ _tag: "StopAsked", boundMs, isEmpty: this.scheduler.taskCount() === 0 })
  }

  /** A task has ended. */
  taskEnded(): void {
    if (this.state === "open" || this.scheduler.taskCount() > 0) return
    // On a turn of its own: whatever ended it is still being carried out.
    this.loop.defer(() => {
      if (this.scheduler.taskCount() === 0) this.apply({ _tag: "Emptied" })
    })
  }

  /** It is closed in the midst of it, or without any of it. */
  end(): void {
    // Whoever waits for it has its answer, too (G8).
    if (this.state !== "stopped")
      Deferred.doneUnsafe(this.done, Exit.succeed(this.scheduler.left()))
    this.state = "stopped"
    this.stopBound?.()
  }

  private apply(event: Stopping.Event): void {
    const { state, commands } = Stopping.step(this.state, event)
    this.state = state
    for (const command of commands) this.carryOut(command)
  }

  private carryOut(command: Stopping.Command): void {
    switch (command._tag) {
      case "CloseDoors":
        return this.scheduler.closeDoors()
      case "StartBound":
        this.stopBound?.()
        this.stopBound = this.loop.after(command.boundMs, () => this.apply({ _tag: "BoundPassed" }))
        return
      case "StopBound":
        return this.stopBound?.()
      case "CancelAll":
        return this.scheduler.cancelAll()
      case "Leave":
        Deferred.doneUnsafe(this.done, Exit.succeed(this.scheduler.leave()))
    }
  }
}
