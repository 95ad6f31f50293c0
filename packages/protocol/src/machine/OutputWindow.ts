/**
 * How much of what an attempt says is on its way to its client, and what becomes of the rest.
 *
 * A window of lines may be sent before the client says that it has taken some. Once it is full the
 * executor is told to hold the attempt's output; what comes all the same is kept, and what does not fit
 * there is left out, which one line says in its place. So nothing grows, however slow a client is.
 *
 * - **G9** Credit for what is not on its way changes nothing.
 * - **G10** Neither a stop nor an end waits for credit: what is to stop is held no more, and with the
 *   end of the attempt all that was kept goes.
 */
import { move, type Move } from "../Step.ts"

export interface Amount {
  readonly lines: number
  readonly bytes: number
}

export interface State {
  /** What was sent and is not known to be taken. */
  readonly out: Amount
  /** What waits for room, in order. */
  readonly kept: Amount
  /** How many lines were left out behind what is kept. */
  readonly leftOut: number
  /** Whether the executor was told to hold the output. */
  readonly held: boolean
  /** Whether the attempt was asked to stop: it is held no more, and what does not fit is left out. */
  readonly stopping: boolean
}

export type Event =
  | { readonly _tag: "LineCame"; readonly bytes: number }
  /** The client has taken the oldest lines that are out, which have so many bytes. */
  | ({ readonly _tag: "Taken" } & Amount)
  /** `SendKept` was carried out, on a line of so many bytes. */
  | { readonly _tag: "KeptSent"; readonly bytes: number }
  | { readonly _tag: "StopAsked" }
  | { readonly _tag: "Ended" }

export type Command =
  /** Send the line that came. */
  | { readonly _tag: "Send" }
  /** Keep the line that came, behind those that are kept. */
  | { readonly _tag: "Keep" }
  /** Keep a line that says how many are missing. */
  | { readonly _tag: "KeepNotice"; readonly count: number }
  /** Send the oldest line that is kept, and answer by `KeptSent`. */
  | { readonly _tag: "SendKept" }
  /** Send a line that says how many are missing. */
  | { readonly _tag: "SendNotice"; readonly count: number }
  /** Send all that is kept. */
  | { readonly _tag: "SendRest" }
  | { readonly _tag: "Hold" }
  | { readonly _tag: "Release" }
  | { readonly _tag: "Ignore"; readonly counter: IgnoredCredit }

/** Under this name a worker counts credit for lines that are not on their way. */
export type IgnoredCredit = "creditUnowed"

/**
 * So much may be on its way. As many lines as a thread may be ahead of its main side, so that nobody is
 * slowed down who was not before; and few enough bytes that a thousand attempts fill no memory.
 */
export const windowMax: Amount = { lines: 256, bytes: 65_536 }

/**
 * So much is kept beyond the window: all that a thread may have on its way when it is told to hold,
 * which is 256 times 256 characters of up to three bytes.
 */
export const keptMax: Amount = { lines: 256, bytes: 262_144 }

/** From this on a client says what it has taken: seldom enough to cost nothing, and before the window is full. */
export const creditMin: Amount = { lines: windowMax.lines / 2, bytes: windowMax.bytes / 2 }

/** What a line counts that says how many are missing: more than it has. */
export const noticeBytes = 100

const utf8 = new TextEncoder()

/** How many bytes a line counts. */
export const bytesOf = (line: string): number => utf8.encode(line).length

const nothing: Amount = { lines: 0, bytes: 0 }

/** Nothing has been said yet. */
export const initial: State = {
  out: nothing,
  kept: nothing,
  leftOut: 0,
  held: false,
  stopping: false,
}

export const step = (state: State, event: Event): Move<State, Command> => {
  switch (event._tag) {
    case "LineCame":
      return onLine(state, event.bytes)
    case "Taken":
      return onTaken(state, event)
    case "KeptSent":
      return goOn({
        ...state,
        kept: minus(state.kept, { lines: 1, bytes: event.bytes }),
        out: plus(state.out, event.bytes),
      })
    case "StopAsked":
      return move({ ...state, held: false, stopping: true }, ...releaseOf(state)) // G10
    case "Ended":
      return move(
        { ...initial, stopping: state.stopping },
        sendRest,
        ...(state.leftOut > 0 ? [sendNotice(state.leftOut)] : []),
        ...releaseOf(state),
      )
  }
}

const onLine = (state: State, bytes: number): Move<State, Command> => {
  const { out, kept, leftOut, held, stopping } = state
  if (kept.lines === 0 && leftOut === 0 && hasRoom(out, windowMax)) {
    const next = { ...state, out: plus(out, bytes) }
    return held || stopping || hasRoom(next.out, windowMax)
      ? move(next, send)
      : move({ ...next, held: true }, send, hold)
  }
  if (!hasRoom(kept, keptMax)) return move({ ...state, leftOut: leftOut + 1 })
  if (leftOut === 0) return move({ ...state, kept: plus(kept, bytes) }, keep)
  const withNotice = plus(kept, noticeBytes)
  return move(
    { ...state, kept: plus(withNotice, bytes), leftOut: 0 },
    { _tag: "KeepNotice", count: leftOut },
    keep,
  )
}

const onTaken = (state: State, taken: Amount): Move<State, Command> => {
  const { out } = state
  const isOwed =
    Number.isSafeInteger(taken.lines) &&
    taken.lines > 0 &&
    taken.lines <= out.lines &&
    taken.bytes <= out.bytes
  return isOwed ? goOn({ ...state, out: minus(out, taken) }) : move(state, unowed) // G9
}

/** There may be room: for what is kept, for what is to be said of what is not, or for more. */
const goOn = (state: State): Move<State, Command> => {
  const { out, kept, leftOut } = state
  if (!hasRoom(out, windowMax)) return move(state)
  if (kept.lines > 0) return move(state, sendKept)
  if (leftOut === 0) return move({ ...state, held: false }, ...releaseOf(state))
  const next = goOn({ ...state, leftOut: 0, out: plus(out, noticeBytes) })
  return move(next.state, sendNotice(leftOut), ...next.commands)
}

/** Whether one more fits. A long line goes beyond, or it would never go. */
const hasRoom = (amount: Amount, max: Amount): boolean =>
  amount.lines < max.lines && amount.bytes < max.bytes

const plus = (amount: Amount, bytes: number): Amount => ({
  lines: amount.lines + 1,
  bytes: amount.bytes + bytes,
})

const minus = (amount: Amount, less: Amount): Amount => ({
  lines: amount.lines - less.lines,
  bytes: amount.bytes - less.bytes,
})

const releaseOf = ({ held }: State): ReadonlyArray<Command> => (held ? [release] : [])

const sendNotice = (count: number): Command => ({ _tag: "SendNotice", count })

const send: Command = { _tag: "Send" }
const keep: Command = { _tag: "Keep" }
const sendKept: Command = { _tag: "SendKept" }
const sendRest: Command = { _tag: "SendRest" }
const hold: Command = { _tag: "Hold" }
const release: Command = { _tag: "Release" }
const unowed: Command = { _tag: "Ignore", counter: "creditUnowed" }
