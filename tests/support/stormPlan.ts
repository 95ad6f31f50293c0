/** What is submitted in a storm, and when it is cancelled: made of its seed, task by task. */
import type { TaskDefinition } from "@scaler-ts/protocol/tasks"
import { type Next, nextFrom, pick } from "../../packages/protocol/test/mutate.ts"
import { effects } from "../evidence/fixtures/stormEffects.ts"
import { cooperative, deaf, parents, type Stormy } from "../evidence/fixtures/stormTasks.ts"
import type { Manner } from "./stormJudge.ts"

type StormTask = TaskDefinition<Stormy, number>

/** Of which tasks a storm is made. */
export type Kinds = Readonly<Record<Manner, ReadonlyArray<StormTask>>>

/** Effects only where there are no kills: every fresh thread or process would have to load them. */
export const kindsIn = (executor: "thread" | "process", kills: number): Kinds => ({
  cooperative: [...Object.values(cooperative), ...(kills > 0 ? [] : Object.values(effects))],
  // What a thread has started goes on when it is killed.
  deaf: [...Object.values(deaf), ...(executor === "thread" ? [] : Object.values(parents))],
})

export interface PlanSettings {
  readonly kinds: Kinds
  readonly seed: number
  /** How many cancels of tasks that stop when they are asked to there are at least. */
  readonly cancels: number
  /** How many tasks are killed at least. */
  readonly kills: number
}

/** When a task is cancelled: so long after its submission, or after it has said something. */
export type Moment =
  | { readonly on: "submitted"; readonly turns: number; readonly ms: number }
  | { readonly on: "begun" | "finishing"; readonly ms: number }

export interface Plan {
  readonly id: number
  readonly task: StormTask
  readonly manner: Manner
  readonly steps: number
  readonly graceMs: number
  /** When it is cancelled; `undefined`: never. */
  readonly moment: Moment | undefined
}

/** What stops when it is asked to has all the time that it may need on the busiest machine. */
const patientMs = 600_000

/** The plan of one task depends on the seed and its number only, and on no other's. */
export const planOf = ({ seed, kinds, cancels, kills }: PlanSettings, id: number): Plan => {
  const next = nextFrom(Math.imul(seed, 0x9e3779b1) ^ id)
  if (next(cancels + kills) < cancels) {
    const steps = next(8)
    const moment = next(20) === 0 ? undefined : momentOf(next, steps)
    const task = pick(kinds.cooperative, next)
    return { id, task, manner: "cooperative", steps, graceMs: patientMs, moment }
  }
  const plan = { id, task: pick(kinds.deaf, next), manner: "deaf", graceMs: 1 + next(8) } as const
  // Some end by themselves about when they would be killed.
  if (next(8) > 0) return { ...plan, steps: Infinity, moment: { on: "begun", ms: next(5) } }
  const steps = next(12)
  return { ...plan, steps, moment: momentOf(next, steps) }
}

/** From before it is sent to after its end: a step takes a millisecond or more. */
const momentOf = (next: Next, steps: number): Moment => {
  switch (next(10)) {
    case 0:
      return { on: "submitted", turns: 0, ms: 0 }
    case 1:
      return { on: "submitted", turns: 0, ms: next(20) }
    case 2:
    case 3:
    case 4:
      return { on: "submitted", turns: next(30), ms: 0 }
    case 5:
      return { on: "finishing", ms: 0 }
    default:
      return { on: "begun", ms: next(steps + 2) }
  }
}
