/** The moves of tasks as a stream. Apart from the rest, because only who streams should pay for loading Effect's streams. */
import { Checked } from "@scaler-ts/runtime"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import { eventOf } from "./internal/answers.ts"
import { OperatorShell } from "./internal/OperatorShell.ts"
import type { Operator } from "./Operator.ts"
import { NoAnswer, type TaskEvent } from "./vocabulary.ts"

export interface EventOptions {
  /**
   * How many events the scheduler may be ahead of whoever takes them. From 1, and useful from 8 up. What does not fit in is left
   * out, and an event says how many. 1,024 unless told otherwise.
   */
  readonly room?: number
}

const roomDefault = 1_024

/**
 * How tasks move, from now on: each comes into a state, the last time with how it ended.
 *
 * Of a task all moves are told or none, and the slower they are taken the fewer tasks are. Nobody
 * waits for who watches. Fails with `NoAnswer` when the connection is gone; ending it ends the watch.
 */
export const events = (
  operator: Operator,
  options: EventOptions = {},
): Stream.Stream<TaskEvent, NoAnswer> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const room = Checked.wholeFromOne("room", options.room ?? roomDefault)
      const shell = shellOf(operator)
      const queue = yield* Queue.unbounded<TaskEvent, NoAnswer>()
      const request = shell.listen("watch", {
        told: (message) => {
          const event = eventOf(message)
          if (event !== undefined) Queue.offerUnsafe(queue, event)
        },
        gone: (reason) => Queue.failCauseUnsafe(queue, Cause.fail(new NoAnswer("watch", reason))),
      })
      if (request instanceof NoAnswer) return Stream.fail(request)
      const ask = (more: number): void => shell.send({ _tag: "WatchAsked", request, room: more })
      yield* Effect.addFinalizer(() =>
        Effect.sync(() => {
          shell.forget(request)
          ask(0)
        }),
      )
      ask(room)
      let taken = 0
      return Stream.tap(Stream.fromQueue(queue), () =>
        Effect.sync(() => {
          taken++
          if (taken * 2 < room) return
          ask(taken)
          taken = 0
        }),
      )
    }),
  )

const shellOf = (operator: Operator): OperatorShell => {
  if (operator instanceof OperatorShell) return operator
  throw new TypeError("this is no operator; pass what Operator.make or the Operator service gave")
}
