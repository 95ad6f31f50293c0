/**
 * Attempts that reached a worker while it was leaving. They are never started.
 *
 * They are given back with the goodbye and not at once: the scheduler, which does not know yet, would only
 * send them again, for as long as the leaving takes.
 */
import type { Message, TaskNumber } from "@scaler-ts/protocol"
import type { Answers } from "./Answers.ts"

export class Declined {
  private readonly attempts = new Map<TaskNumber, number>()
  private readonly answers: Answers

  constructor(answers: Answers) {
    this.answers = answers
  }

  add({ task, attempt }: Message.Task): void {
    this.attempts.set(task, attempt)
  }

  /** Gives one back at once, if it is there. */
  cancel({ task, attempt }: Message.TaskCancel): boolean {
    if (this.attempts.get(task) !== attempt) return false
    this.attempts.delete(task)
    this.answers.neverStarted({ task, attempt })
    return true
  }

  /** Gives all of them back, for another worker to run. */
  giveBack(): void {
    for (const [task, attempt] of this.attempts) this.answers.neverStarted({ task, attempt })
    this.clear()
  }

  clear(): void {
    this.attempts.clear()
  }
}
