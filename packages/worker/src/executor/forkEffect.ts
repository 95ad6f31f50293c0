/** Runs an Effect that a function returned, for every executor. Loads Effect, so threads load this late. */
import { Traceparent } from "@scaler-ts/protocol"
import type { EffectLike } from "@scaler-ts/protocol/tasks"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as Tracer from "effect/Tracer"
import type { Interrupt, RunAttempt, RunEnd } from "./runTask.ts"

/** Starts a fiber. */
export type Fork = <A, E>(effect: Effect.Effect<A, E>) => Fiber.Fiber<A, E>

/**
 * Runs an Effect and reports its end once. The returned function interrupts it; its end, after its
 * finalizers, then counts as stopped unless it failed or succeeded all the same.
 */
export const forkEffect = (
  fork: Fork,
  effect: EffectLike<unknown>,
  attempt: RunAttempt,
  done: (end: RunEnd) => void,
): Interrupt => {
  let interrupted = false
  // Its marker was checked: it is an Effect, and a task's Effect has no requirements.
  const fiber = fork(within(attempt, effect as unknown as Effect.Effect<unknown, unknown>))
  fiber.addObserver((exit) => done(endOf(exit, interrupted)))
  return () => {
    interrupted = true
    fiber.interruptUnsafe()
  }
}

/** An Effect whose spans belong to that of its attempt, and whose log lines say whose they are. */
const within = <A, E>(
  { task, attempt, traceparent }: RunAttempt,
  effect: Effect.Effect<A, E>,
): Effect.Effect<A, E> => {
  const parent = traceparent === "" ? undefined : Traceparent.parse(traceparent)
  const annotated = Effect.annotateLogs(effect, {
    "scaler.task.name": task.name,
    "scaler.task.attempt": attempt,
  })
  return parent === undefined
    ? annotated
    : Effect.withParentSpan(annotated, Tracer.externalSpan(parent))
}

const endOf = (exit: Exit.Exit<unknown, unknown>, interrupted: boolean): RunEnd => {
  if (Exit.isSuccess(exit)) return { _tag: "returned", value: exit.value }
  const stopped = interrupted && Cause.hasInterruptsOnly(exit.cause)
  return { _tag: stopped ? "stopped" : "threw", error: Cause.squash(exit.cause) }
}
