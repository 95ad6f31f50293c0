/**
 * A scheduler as a few lines at the bottom of a terminal, beneath what scrolls: for a command that has
 * lines of its own to say.
 */
import type { Operator } from "@scaler-ts/operator"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import {
  coloured,
  type Environment,
  isAnimated,
  isColoured,
  type Paint,
  plain,
} from "../terminal.ts"
import { headLines } from "./head.ts"
import { stillRunningLines, taskLines, workerLines } from "./lists.ts"
import { lookAt } from "./look.ts"
import { plainLine } from "./plainly.ts"
import type { TopOutput } from "./Screen.ts"
import { initial, type State, step } from "./State.ts"

export interface LiveOptions {
  /** What the scheduler is called. Nothing unless told otherwise. */
  readonly name?: string
  /** `process.stderr` unless told otherwise. */
  readonly output?: TopOutput
  /** `process.env` unless told otherwise. */
  readonly env?: Environment
  /** `false`: no colour, whatever the environment says. */
  readonly color?: boolean
  /** How often it looks, in milliseconds. 1,000 on a terminal and 5,000 elsewhere, unless told otherwise. */
  readonly everyMs?: number
}

export interface Live {
  /** Writes text above the view, as whole lines. Whatever else is written to the terminal tears the view. */
  readonly say: (text: string) => void
}

const terminalEveryMs = 1_000
const plainEveryMs = 5_000

/** Lists of workers and of tasks, at most so many lines each with their heads. */
const workersMax = 4
const tasksMax = 6

const columnsDefault = 80
const rowsDefault = 24

/** The few lines of a live view, at most `height`; none wider than `width`. */
export const renderLive = (
  state: State,
  width: number,
  height: number,
  paint: Paint = plain,
): ReadonlyArray<string> => {
  const head = headLines(state, width, paint, false)
  const { reading } = state
  if (reading === undefined) return head.slice(0, height)
  const unmarked: State = { ...state, focus: "none" }
  const size = { width, paint }
  return [
    ...head,
    ...stillRunningLines(reading, { ...size, room: workersMax }),
    ...workerLines(unmarked, reading, { ...size, room: workersMax }),
    ...taskLines(unmarked, reading, { ...size, room: tasksMax }),
  ].slice(0, height)
}

/**
 * Shows how a scheduler stands for as long as the scope lives: as a view that is drawn anew, or as
 * plain lines off a terminal. A connection that is gone is said in the view, and ends nothing.
 */
export const live = (
  operator: Operator,
  options: LiveOptions = {},
): Effect.Effect<Live, never, Scope.Scope> =>
  Effect.gen(function* () {
    const { color = true, env = process.env, name = "", output = process.stderr } = options
    const isView = isAnimated(output, env)
    const { everyMs = isView ? terminalEveryMs : plainEveryMs } = options
    const paint = color && isColoured(output, env) ? coloured : plain
    const view = new Block(output, isView)
    let state = initial(name)
    // One column and one line stay free: a full line would wrap on some terminals, a full screen scroll.
    const lines = (): ReadonlyArray<string> =>
      renderLive(
        state,
        (output.columns || columnsDefault) - 1,
        (output.rows || rowsDefault) - 1,
        paint,
      )
    const look = yield* lookAt(operator)
    const once = Effect.match(look.read(), {
      onSuccess: (reading) => {
        state = step(state, { _tag: "Read", reading }).state
        if (isView) view.draw(lines())
        else view.say(plainLine(state, reading))
      },
      onFailure: ({ message, reason }) => {
        state = step(state, { _tag: "ReadFailed", reason }).state
        if (isView) view.draw(lines())
        else view.say(message)
      },
    })
    yield* Effect.addFinalizer(() => Effect.sync(() => view.clear()))
    yield* Effect.forkScoped(Effect.forever(Effect.andThen(once, Effect.sleep(everyMs))))
    return { say: (text) => view.say(text) }
  })

/** Lines that are drawn over: the last of what is on the terminal. */
class Block {
  private readonly output: TopOutput
  private readonly isView: boolean
  private lines: ReadonlyArray<string> = []

  constructor(output: TopOutput, isView: boolean) {
    this.output = output
    this.isView = isView
  }

  draw(lines: ReadonlyArray<string>): void {
    // A terminal that is behind is not given more to be behind with.
    if (this.output.writableNeedDrain) return
    this.output.write(this.away() + lines.join("\n"))
    this.lines = lines
  }

  say(text: string): void {
    const whole = text.endsWith("\n") ? text : `${text}\n`
    this.output.write(this.isView ? this.away() + whole + this.lines.join("\n") : whole)
  }

  clear(): void {
    if (this.lines.length > 0) this.output.write(this.away())
    this.lines = []
  }

  /** Takes the cursor to the first line, and clears from there. */
  private away(): string {
    const up = this.lines.length - 1
    if (up < 0) return ""
    return `${up === 0 ? "" : `\u001b[${up}A`}\r\u001b[J`
  }
}
