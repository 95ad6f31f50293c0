/** Lets a test exchange the steps of the machines in a real cluster. */
import type * as Protocol from "@scaler-ts/protocol"
import type { ClientTask, SchedulerTask, WorkerAttempt } from "@scaler-ts/protocol"
import type { Steps } from "../states/world.ts"

/** What a step is exchanged for, while it is. */
export interface Planted {
  steps: Partial<Steps>
}

/** The protocol with steps that do what is planted, where something is. */
export const withPlanted = (real: typeof Protocol, planted: Planted): typeof Protocol => {
  // A bug calls the real step for everything it does right.
  const unplanted = <A>(run: () => A): A => {
    const { steps } = planted
    planted.steps = {}
    try {
      return run()
    } finally {
      planted.steps = steps
    }
  }
  const client: typeof ClientTask.step = (state, event, rules) => {
    const bug = planted.steps.client
    return bug === undefined
      ? real.ClientTask.step(state, event, rules)
      : unplanted(() => bug(state, event, rules))
  }
  const scheduler: typeof SchedulerTask.step = (state, event) => {
    const bug = planted.steps.scheduler
    return bug === undefined
      ? real.SchedulerTask.step(state, event)
      : unplanted(() => bug(state, event))
  }
  const worker: typeof WorkerAttempt.step = (state, event) => {
    const bug = planted.steps.worker
    return bug === undefined
      ? real.WorkerAttempt.step(state, event)
      : unplanted(() => bug(state, event))
  }
  return {
    ...real,
    ClientTask: { ...real.ClientTask, step: client },
    SchedulerTask: { ...real.SchedulerTask, step: scheduler },
    WorkerAttempt: { ...real.WorkerAttempt, step: worker },
  }
}
