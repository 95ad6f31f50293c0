/** Why a task does not begin: asked of the scheduler once somebody has waited for a while, and said. */
import { withOperator } from "./cluster.ts"
import { whyText } from "./commands/look.ts"
import type { Invocation } from "./invocation.ts"
import { suggest } from "./suggest.ts"

const patienceMs = 2_000

/** Begins to wait, until what it returns is called. */
export const sayWhyItWaits = (invocation: Invocation, task: string): (() => void) => {
  let isOver = false
  const look = async (): Promise<void> => {
    try {
      const status = await withOperator(invocation.settings, (operator) => operator.status)
      const waiting = status.waiting.find(({ name }) => name === task)
      if (isOver || waiting === undefined) return
      const offered = status.workers.flatMap((worker) => worker.tasks)
      const near = waiting.why === "notOffered" ? suggest(task, offered) : undefined
      const hint = near === undefined ? "" : ` Did you mean ${near}?`
      invocation.out.say(`${task} still waits: ${whyText(waiting)}.${hint}`)
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
