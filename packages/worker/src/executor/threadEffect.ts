/** Runs the Effects that functions return; loads Effect when the first one does. */
import type { EffectLike } from "@scaler-ts/protocol/tasks"
import type * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import type { Interrupt, RunEnd } from "./runTask.ts"

type Fork = (effect: EffectLike<unknown>, done: (end: RunEnd) => void) => Interrupt

/** Runs an Effect and reports its end once. The returned function interrupts it. */
export const runEffect: Fork = (effect, done) => {
  if (fork !== undefined) return fork(effect, done)
  let isInterrupted = false
  let interrupt: Interrupt | undefined
  loadFork().then(
    (loaded) => {
      if (!isInterrupted) interrupt = loaded(effect, done)
      else done({ _tag: "stopped", error: new Error("stopped before its Effect began") })
    },
    (error: unknown) => done({ _tag: "threw", error }),
  )
  return () => {
    isInterrupted = true
    interrupt?.()
  }
}

let fork: Fork | undefined

// 70 ms and 22 MB, which threads without Effects shall not pay for.
const loadFork = async (): Promise<Fork> => {
  const [{ runFork }, Cause] = await Promise.all([import("effect/Effect"), import("effect/Cause")])
  const endOf = (exit: Exit.Exit<unknown, unknown>, isInterrupted: boolean): RunEnd => {
    if (exit._tag === "Success") return { _tag: "returned", value: exit.value }
    const isStopped = isInterrupted && Cause.hasInterruptsOnly(exit.cause)
    return { _tag: isStopped ? "stopped" : "threw", error: Cause.squash(exit.cause) }
  }
  fork = (effect, done) => {
    let isInterrupted = false
    // Its marker was checked: it is an Effect, and a task's Effect has no requirements.
    const fiber = runFork(effect as unknown as Effect.Effect<unknown, unknown>)
    fiber.addObserver((exit) => done(endOf(exit, isInterrupted)))
    return () => {
      isInterrupted = true
      fiber.interruptUnsafe()
    }
  }
  return fork
}
