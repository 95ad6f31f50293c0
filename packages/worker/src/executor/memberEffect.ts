/** Runs the Effects that functions return in a thread; loads Effect when the first one does. */
import type { EffectLike } from "@scaler-ts/protocol/tasks"
import type { Interrupt, RunAttempt, RunEnd } from "./runTask.ts"

type Run = (
  effect: EffectLike<unknown>,
  attempt: RunAttempt,
  done: (end: RunEnd) => void,
) => Interrupt

/** Runs an Effect and reports its end once. The returned function interrupts it. */
export const runEffect: Run = (effect, attempt, done) => {
  if (run !== undefined) return run(effect, attempt, done)
  let isInterrupted = false
  let interrupt: Interrupt | undefined
  loadRun().then(
    (loaded) => {
      if (!isInterrupted) interrupt = loaded(effect, attempt, done)
      else done({ _tag: "stopped", error: new Error("stopped before its Effect began") })
    },
    (error: unknown) => done({ _tag: "threw", error }),
  )
  return () => {
    isInterrupted = true
    interrupt?.()
  }
}

let run: Run | undefined

// 70 ms and 22 MB, which threads without Effects shall not pay for.
const loadRun = async (): Promise<Run> => {
  const [{ runFork }, { forkEffect }] = await Promise.all([
    import("effect/Effect"),
    import("./forkEffect.ts"),
  ])
  run = (effect, attempt, done) => forkEffect(runFork, effect, attempt, done)
  return run
}
