/** What must hold in every state of a searched world, and in every state in which it is at rest. */
import type { ClientTask } from "@scaler-ts/protocol"
import type { States } from "@scaler-ts/testkit/search"
import { actionsOf } from "./actions.ts"
import {
  type Config,
  initialWorld,
  isWanted,
  nameOf,
  realSteps,
  type Steps,
  type World,
} from "./world.ts"

/** The model of one task under a configuration. */
export const modelOf = (config: Config, steps: Steps = realSteps): States.Model<World> => ({
  initial: initialWorld(config),
  actions: (world) => actionsOf(world, config, steps),
  always: (world) =>
    slots(world) ?? stopped(world) ?? cancelled(world, config) ?? bounded(world) ?? owned(world),
  atRest: (world) => leftovers(world) ?? unanswered(world) ?? results(world),
})

/** G6 */
const slots = ({ scheduler: { task }, workers }: World): string | undefined => {
  for (const [index, worker] of workers.entries()) {
    const holds = "worker" in task && task.worker === nameOf(index)
    if (worker.known && worker.slotsTaken !== (holds ? 1 : 0)) {
      return `G6: ${worker.slotsTaken} slots taken for ${holds ? 1 : 0} attempts`
    }
    if (!worker.known || !worker.session) continue
    for (const { attempt } of worker.attempts) {
      if (!holds || task.attempt !== attempt) {
        return `G6: the slot is free while attempt ${attempt} lives on its worker`
      }
    }
  }
  return undefined
}

const receiptOf = (future: ClientTask.State | undefined): string | undefined =>
  future?._tag === "ended" ? future.receipt?._tag : undefined

/** G2 */
const stopped = (world: World): string | undefined => {
  if (receiptOf(world.client.future) !== "Stopped") return undefined
  for (const { alive, attempts, down } of world.workers) {
    const [one] = attempts
    if (alive && one !== undefined) return `G2: Stopped, but the code is ${one.state._tag}`
    if (alive && down.some(({ _tag }) => _tag === "Task")) {
      return "G2: Stopped, but a dispatch is on its way"
    }
  }
  if (world.scheduler.task._tag !== "ended") return "G2: Stopped, but the scheduler has the task"
  return world.toClient.some(({ _tag }) => _tag === "TaskResult")
    ? "G2: Stopped, but a result follows"
    : undefined
}

/** G3 */
const cancelled = ({ client: { future } }: World, config: Config): string | undefined => {
  const receipt = receiptOf(future)
  if (future?._tag !== "ended" || receipt === undefined || config.policy === "result-wins") {
    return undefined
  }
  const evidence = receipt !== "Refused" && receipt !== "Unconfirmed"
  return evidence === (future.end === "cancelled")
    ? undefined
    : `G3: ${future.end} with the receipt ${receipt}`
}

/** G8 */
const bounded = ({ client: { bound, closing, future, waiters } }: World): string | undefined => {
  if (waiters > 0 && !bound) return "G8: somebody waits, but no bound runs"
  if (bound && future?._tag !== "cancelling") return "G7: a bound runs, but nothing is cancelled"
  return closing && future?._tag === "pending"
    ? "G8: pending in a client that closes, and no bound runs"
    : undefined
}

/** R51 */
const owned = (world: World): string | undefined =>
  world.scheduler.queued && !isWanted(world) ? "R51: queued, and nobody has it" : undefined

/** Queued, and no worker that could take it: the one way to be pending for ever. */
const isParked = ({ scheduler, workers }: World): boolean =>
  scheduler.queued && workers.every(({ known, draining }) => !known || draining)

/** G6, G7 */
const leftovers = (world: World): string | undefined => {
  const { scheduler, workers } = world
  const { task } = scheduler
  if (task._tag !== "ended" && task._tag !== "unknown" && !isParked(world)) {
    return `G7: at rest, the scheduler's task is ${task._tag}`
  }
  if (scheduler.queued !== (task._tag === "queued")) return "G7: at rest, the queue is wrong"
  if (scheduler.timeout > 0) return "G7: at rest, a timeout runs"
  for (const { alive, attempts, known, slotsTaken } of workers) {
    const [one] = attempts
    if (alive && one !== undefined) return `G7: at rest, an attempt is ${one.state._tag}`
    if (known && slotsTaken > 0) return "G6: a slot is never freed"
  }
  return undefined
}

/** G4, G7 */
const unanswered = (world: World): string | undefined => {
  const { alive, bound, future, waiters } = world.client
  if (!alive || isParked(world)) return undefined
  if (future?._tag === "cancelling") return "G4: at rest, the cancel is not answered"
  if (future?._tag === "pending") return "G7: at rest, the future is pending"
  return bound || waiters > 0 ? "G7: at rest, a bound runs or somebody waits" : undefined
}

/** G5 */
const results = ({ client, facts }: World): string | undefined => {
  const { alive, future } = client
  if (!alive || !facts.resulted || future?._tag !== "ended") return undefined
  return future.end === "cancelled" && receiptOf(future) !== "Finished"
    ? `G5: the result is lost; the receipt is ${receiptOf(future)}`
    : undefined
}
