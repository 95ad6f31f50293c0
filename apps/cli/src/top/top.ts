/** `scaler-ts top`: a scheduler on the whole screen, or line by line where there is no terminal. */
import type { Operator } from "@scaler-ts/operator"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import type { Writable } from "node:stream"
import { type ExitCode, exitCodes } from "../CommandError.ts"
import { listenForStops, type StopReason } from "../stops.ts"
import {
  coloured,
  type Environment,
  isAnimated,
  isColoured,
  plain,
  printable,
} from "../terminal.ts"
import { farewell } from "./farewell.ts"
import { type Look, lookAt } from "./look.ts"
import { plainLine, snapshotOf } from "./plainly.ts"
import { render } from "./render.ts"
import { Screen, type TopInput, type TopOutput } from "./Screen.ts"
import { capital } from "./words.ts"
import { type Command, type Event, initial, step } from "./State.ts"

export interface TopOptions {
  /** What the scheduler is called on the screen: its address, say. Nothing unless told otherwise. */
  readonly name?: string
  /** `process.stdin` unless told otherwise. */
  readonly input?: TopInput
  /** `process.stdout` unless told otherwise. */
  readonly output?: TopOutput
  /** What cannot go on is said here. `process.stderr` unless told otherwise. */
  readonly errors?: Writable
  /** `process.env` unless told otherwise. */
  readonly env?: Environment
  /** `false`: no colour, whatever the environment says. */
  readonly color?: boolean
  /** How often it looks, in milliseconds. 1,000 unless told otherwise. */
  readonly everyMs?: number
  /** Lines of JSON, a `Snapshot` each, in place of everything else. */
  readonly json?: boolean
  /** Ends after so many lines, also on a terminal. */
  readonly count?: number
}

type Settings = Required<Omit<TopOptions, "count">> & Pick<TopOptions, "count">

/** Why it ends: what is said of it, if anything, and the exit code. */
interface End {
  readonly code: ExitCode
  readonly message?: string
  /** What else is to be known by whoever leaves. */
  readonly lines?: ReadonlyArray<string>
}

/**
 * Shows how a scheduler stands until somebody has seen enough, and succeeds with the exit code: 0 when it was
 * quit, its reader has left or it has printed `count` lines; 130 after a signal; 1 when the connection is
 * gone or, off the screen, an answer has not come. It has said why by then, and the terminal is as it was before.
 */
export const top = (operator: Operator, options: TopOptions = {}): Effect.Effect<ExitCode> =>
  Effect.suspend(() => {
    const settings: Settings = {
      name: "",
      input: process.stdin,
      output: process.stdout,
      errors: process.stderr,
      env: process.env,
      color: true,
      everyMs: 1_000,
      json: false,
      ...options,
    }
    const { count, env, errors, input, json, output } = settings
    const isScreen = !json && count === undefined && isAnimated(output, env) && input.isTTY === true
    const shown = (isScreen ? onScreen : inLines)(operator, settings)
    return Effect.map(Effect.scoped(shown), ({ code, lines = [], message }) => {
      const all = [...lines, ...(message === undefined ? [] : [message])]
      for (const line of all) errors.write(`scaler-ts: ${line}\n`)
      return code
    })
  })

const endBy: Readonly<Record<StopReason, End>> = {
  interrupted: { code: exitCodes.interrupted },
  terminated: { code: exitCodes.interrupted },
  "time-up": { code: exitCodes.timeUp },
  "reader-gone": { code: exitCodes.success },
}

const goneBy = (reason: string): End => ({
  code: exitCodes.failure,
  message: `Lost the scheduler: ${printable(reason)}. Once it is there, run the command again.`,
})

/** Calls `onEnd` for signals, a reader that has left, and a connection that is gone. */
const listening = (
  look: Look,
  output: TopOutput,
  onEnd: (end: End) => void,
): Effect.Effect<void, never, Scope.Scope> =>
  Effect.gen(function* () {
    const onError = (error: NodeJS.ErrnoException): void =>
      onEnd(
        error.code === "EPIPE" || error.code === "EIO"
          ? endBy["reader-gone"]
          : { code: exitCodes.failure, message: `Nothing can be written: ${error.message}.` },
      )
    output.on("error", onError)
    yield* Effect.addFinalizer(() => Effect.sync(() => output.off("error", onError)))
    const stops = Effect.sync(() =>
      listenForStops(undefined, {
        onStop: (reason) => onEnd(endBy[reason]),
        onSignalAgain: () => {},
      }),
    )
    yield* Effect.acquireRelease(stops, (forget) => Effect.sync(forget))
    yield* Effect.forkScoped(Effect.map(look.gone, (reason) => onEnd(goneBy(reason))))
  })

type Heard = Event | { readonly _tag: "Redraw" } | { readonly _tag: "End"; readonly end: End }

const onScreen = (
  operator: Operator,
  { color, env, everyMs, input, name, output }: Settings,
): Effect.Effect<End, never, Scope.Scope> =>
  Effect.gen(function* () {
    const paint = color && isColoured(output, env) ? coloured : plain
    const look = yield* lookAt(operator)
    const inbox = yield* Queue.unbounded<Heard>()
    const say = (heard: Heard): void => void Queue.offerUnsafe(inbox, heard)
    const end = (end: End): void => say({ _tag: "End", end })
    let state = initial(name)
    const again = yield* Queue.sliding<void>(1)
    const screen = yield* screenFor(input, output, say)
    yield* listening(look, output, end)
    const read = Effect.match(
      Effect.suspend(() => look.read(state.filter)),
      {
        onSuccess: (reading) => say({ _tag: "Read", reading }),
        onFailure: ({ reason }) => say({ _tag: "ReadFailed", reason }),
      },
    )
    const pause = Effect.raceFirst(Effect.sleep(everyMs), Queue.take(again))
    yield* Effect.forkScoped(Effect.forever(Effect.andThen(read, pause)))

    const obey = (command: Command): Effect.Effect<unknown, never, Scope.Scope> => {
      switch (command._tag) {
        case "Cancel": {
          const { target } = command
          const answer = Effect.match(look.cancel(target), {
            onSuccess: (answered) => say({ _tag: "Answered", target, ...answered }),
            // Only a connection that is gone fails it, and that ends everything.
            onFailure: () => {},
          })
          return Effect.forkScoped(answer, { startImmediately: true })
        }
        case "Read":
          return Queue.offer(again, undefined)
        case "Suspend":
          return Effect.sync(() => screen.suspend())
        case "Quit":
          return Effect.sync(() => end({ code: exitCodes.success }))
      }
    }
    for (;;) {
      screen.draw(render(state, screen.width, screen.height, paint))
      for (const heard of yield* Queue.takeAll(inbox)) {
        if (heard._tag === "End") return { ...heard.end, lines: farewell(state) }
        if (heard._tag === "Redraw") continue
        const next = step(state, heard)
        state = next.state
        for (const command of next.commands) yield* obey(command)
      }
    }
  })

const screenFor = (
  input: TopInput,
  output: TopOutput,
  say: (heard: Heard) => void,
): Effect.Effect<Screen, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(
      () =>
        new Screen(input, output, {
          onKey: (key) => say({ _tag: "Key", key }),
          onRedraw: () => say({ _tag: "Redraw" }),
          onGone: () => say({ _tag: "End", end: endBy.terminated }),
        }),
    ),
    (screen) => Effect.sync(() => screen.close()),
  )

const inLines = (
  operator: Operator,
  { count = Infinity, everyMs, json, output }: Settings,
): Effect.Effect<End, never, Scope.Scope> =>
  Effect.gen(function* () {
    const look = yield* lookAt(operator)
    const ended = yield* Deferred.make<End>()
    yield* listening(look, output, (end) => Deferred.doneUnsafe(ended, Effect.succeed(end)))
    let state = initial()
    const lines = Effect.gen(function* () {
      for (let printed = 0; printed < count; printed++) {
        if (printed > 0) yield* Effect.sleep(everyMs)
        const reading = yield* look.read()
        state = step(state, { _tag: "Read", reading }).state
        const line = json
          ? JSON.stringify(snapshotOf(state, reading, new Date()))
          : plainLine(state, reading)
        yield* written(output, `${line}\n`)
      }
      return { code: exitCodes.success }
    })
    const failed = Effect.match(lines, {
      onSuccess: (end): End => end,
      onFailure: ({ message }): End => ({
        code: exitCodes.failure,
        message: `${capital(printable(message))}. See whether the scheduler runs, and run the command again.`,
      }),
    })
    return yield* Effect.raceFirst(failed, Deferred.await(ended))
  })

/** Writes, and waits for a reader that is slower. */
const written = (output: TopOutput, text: string): Effect.Effect<void> =>
  Effect.callback((resume) => {
    const done = (): void => resume(Effect.void)
    if (output.write(text)) return done()
    output.once("drain", done)
    return Effect.sync(() => output.off("drain", done))
  })
