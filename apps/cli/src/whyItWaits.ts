/** Why a task does not begin: asked of the scheduler once somebody has waited for a while, and said. */
import type { WaitingStatus } from "@scaler-ts/operator"
import { withOperator } from "./cluster.ts"
import type { Resolver } from "./settings/resolve.ts"
import { suggest } from "./suggest.ts"
import { waitingText } from "./top/words.ts"

const patienceMs = 2_000

/** Of many tasks most wait for those before: that workers are busy is no news. */
export const isNews = (why: WaitingStatus["why"]): boolean => why !== "busy"

export interface Asking {
  readonly settings: Resolver
  readonly say: (text: string) => void
}

/** Begins to wait, until what it returns is called. Reasons that are nothing to tell of may be left out. */
export const sayWhyItWaits = (
  { say, settings }: Asking,
  task: string,
  tells: (why: WaitingStatus["why"]) => boolean = () => true,
): (() => void) => {
  let isOver = false
  const look = async (): Promise<void> => {
    try {
      const status = await withOperator(settings, (operator) => operator.status)
      const waiting = status.waiting.find(({ name }) => name === task)
      if (isOver || waiting === undefined || !tells(waiting.why)) return
      const offered = status.workers.flatMap((worker) => worker.tasks)
      const near = waiting.why === "notOffered" ? suggest(task, offered) : undefined
      const hint = near === undefined ? "" : ` Did you mean ${near}?`
      say(`${task} still waits: ${waitingText(waiting)}.${hint}`)
    } catch {
      // Whoever may submit need not be let in as an operator; then it is not said.
    }
  }
  const timer = setTimeout(() => void look(), patienceMs)
  return () => {
    isOver = true
    clearTimeout(timer)
  }
}
