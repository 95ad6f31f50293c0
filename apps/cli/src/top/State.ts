/**
 * What is on the screen, apart from its size: a pure step from state and event to state.
 *
 * - **T1** Nothing is cancelled without a `y` to a question that names it, and what is cancelled is what was named.
 * - **T2** The mark stays on its task for as long as that is listed, however the list is sorted.
 */
import type {
  CancelReceipt,
  SchedulerStatus,
  TaskPage,
  TaskState,
  TaskStatus,
} from "@scaler-ts/operator"
import type { CancelFigures, Target } from "./Cancels.ts"
import type { Key } from "./keys.ts"
import { sorted, type SortKey, sortKeys } from "./sorted.ts"
import { liveStates } from "./words.ts"

/** What the scheduler has told at one time. */
export interface Reading {
  readonly status: SchedulerStatus
  readonly page: TaskPage
  readonly cancels: CancelFigures
  readonly nowMs: number
}

/** The row that is marked: by its name, and by its place for when that is gone. */
export interface Mark {
  readonly id: string | undefined
  readonly index: number
}

export type List = "tasks" | "workers"

export interface State {
  /** What the scheduler is called in the title; empty: nothing. */
  readonly name: string
  readonly reading: Reading | undefined
  /** Why the last reading has failed. */
  readonly failure: string | undefined
  /** Where the tasks per second are counted from. */
  readonly base: { readonly ended: number; readonly nowMs: number } | undefined
  /** How many tasks end per second. */
  readonly rate: number | undefined
  /** Whose mark can be seen and moved; `none` where there are no keys. */
  readonly focus: List | "none"
  readonly marks: Readonly<Record<List, Mark>>
  readonly sort: SortKey
  readonly isReversed: boolean
  /** The one state whose tasks are listed. */
  readonly filter: TaskState | undefined
  /** Which task is asked about. */
  readonly question: TaskStatus | undefined
  /** Cancels that have no receipt yet. */
  readonly asked: ReadonlyArray<Target>
  /** What has become of the last cancels, latest first. */
  readonly answers: ReadonlyArray<Answer>
  /** What is to be said about the last key. */
  readonly note: string | undefined
  readonly isHelp: boolean
}

export interface Answer extends Target {
  readonly receipt: CancelReceipt
}

export type Event =
  | { readonly _tag: "Read"; readonly reading: Reading }
  | { readonly _tag: "ReadFailed"; readonly reason: string }
  | { readonly _tag: "Key"; readonly key: Key }
  | {
      readonly _tag: "Answered"
      readonly target: Target
      readonly receipt: CancelReceipt
      readonly cancels: CancelFigures
    }

export type Command =
  | { readonly _tag: "Cancel"; readonly target: Target }
  /** Look again, now. */
  | { readonly _tag: "Read" }
  | { readonly _tag: "Suspend" }
  | { readonly _tag: "Quit" }

export interface Step {
  readonly state: State
  readonly commands: ReadonlyArray<Command>
}

const answersMax = 3

/** Two readings that are closer say little about the pace. */
const rateOverMs = 500

const pageRows = 10

const firstRow: Mark = { id: undefined, index: 0 }

export const initial = (name = ""): State => ({
  name,
  reading: undefined,
  failure: undefined,
  base: undefined,
  rate: undefined,
  focus: "tasks",
  marks: { tasks: firstRow, workers: firstRow },
  sort: "age",
  isReversed: false,
  filter: undefined,
  question: undefined,
  asked: [],
  answers: [],
  note: undefined,
  isHelp: false,
})

export const step = (state: State, event: Event): Step => {
  switch (event._tag) {
    case "Read":
      return stay(read(state, event.reading))
    case "ReadFailed":
      return stay({ ...state, failure: event.reason })
    case "Answered":
      return stay(answered(state, event))
    case "Key":
      return pressed({ ...state, note: undefined }, event.key)
  }
}

const stay = (state: State): Step => ({ state, commands: [] })

const read = (state: State, reading: Reading): State => {
  const { nowMs, status } = reading
  const ended = endedOf(status)
  const fresh = { ...state, reading, failure: undefined }
  const marks = { tasks: markIn(fresh, "tasks"), workers: markIn(fresh, "workers") }
  const { base } = state
  if (base === undefined) return { ...fresh, marks, base: { ended, nowMs } }
  const overMs = nowMs - base.nowMs
  if (overMs < rateOverMs) return { ...fresh, marks }
  const rate = Math.max(0, ended - base.ended) / (overMs / 1000)
  return { ...fresh, marks, base: { ended, nowMs }, rate }
}

/** How many tasks have ended. */
export const endedOf = ({ ended }: SchedulerStatus): number =>
  Object.values(ended).reduce((sum, count) => sum + count, 0)

const answered = (state: State, { target, receipt, cancels }: AnsweredEvent): State => ({
  ...state,
  ...(state.reading === undefined ? {} : { reading: { ...state.reading, cancels } }),
  asked: state.asked.filter(({ id }) => id !== target.id),
  answers: [{ ...target, receipt }, ...state.answers].slice(0, answersMax),
})

type AnsweredEvent = Extract<Event, { readonly _tag: "Answered" }>

const pressed = (state: State, key: Key): Step => {
  if (key === "ctrl-c") return { state, commands: [{ _tag: "Quit" }] }
  if (key === "ctrl-z") return { state, commands: [{ _tag: "Suspend" }] }
  if (state.question !== undefined) return replied(state, state.question, key)
  if (state.isHelp) return stay({ ...state, isHelp: false })
  switch (key) {
    case "q":
      return { state, commands: [{ _tag: "Quit" }] }
    case "?":
    case "h":
      return stay({ ...state, isHelp: true })
    case "tab":
      return stay({ ...state, focus: state.focus === "tasks" ? "workers" : "tasks" })
    case "s":
      return stay(remarked({ ...state, sort: after(sortKeys, state.sort) }))
    case "r":
      return stay(remarked({ ...state, isReversed: !state.isReversed }))
    case "f":
      return filtered(state)
    case "c":
      return stay(asking(state))
    default:
      return stay(moved(state, key))
  }
}

/** The one after it, and the first after the last. */
const after = <A>(all: ReadonlyArray<A>, one: A): A =>
  // There is one, since there is `one`.
  all[(all.indexOf(one) + 1) % all.length] as A

const filtered = (state: State): Step => ({
  state: { ...state, filter: after([undefined, ...liveStates], state.filter) },
  commands: [{ _tag: "Read" }],
})

const asking = (state: State): State => {
  if (state.focus === "workers") {
    return { ...state, note: "Tab goes to the tasks; a task is what c cancels" }
  }
  const task = tasksIn(state)[state.marks.tasks.index]
  if (task === undefined) return { ...state, note: "there is no task to cancel" }
  const isAsked = state.asked.some(({ id }) => id === task.id)
  return isAsked
    ? { ...state, note: "its cancel is asked for already; the receipt is awaited" }
    : { ...state, question: task }
}

const replied = (state: State, task: TaskStatus, key: Key): Step => {
  const closed = { ...state, question: undefined }
  if (key === "n" || key === "escape") return stay({ ...closed, note: "not cancelled" })
  if (key !== "y") return stay(state)
  const target: Target = { id: task.id, name: task.name }
  return {
    state: { ...closed, asked: [...state.asked, target] },
    commands: [{ _tag: "Cancel", target }, { _tag: "Read" }],
  }
}

const moved = (state: State, key: Key): State => {
  const { focus } = state
  if (focus === "none") return state
  const names = namesIn(state, focus)
  const { index } = state.marks[focus]
  const to = targetOf(key, index, names.length - 1)
  return to === undefined ? state : withMark(state, focus, markAt(names, to))
}

const targetOf = (key: Key, index: number, last: number): number | undefined => {
  switch (key) {
    case "up":
    case "k":
      return index - 1
    case "down":
    case "j":
      return index + 1
    case "pageup":
      return index - pageRows
    case "pagedown":
      return index + pageRows
    case "home":
      return 0
    case "end":
      return last
    default:
      return undefined
  }
}

const withMark = (state: State, list: List, mark: Mark): State => ({
  ...state,
  marks: { ...state.marks, [list]: mark },
})

/** The tasks as they are listed. */
export const tasksIn = ({
  filter,
  isReversed,
  reading,
  sort,
}: State): ReadonlyArray<TaskStatus> => {
  const tasks = reading?.page.tasks ?? []
  // The last reading may be from before the filter.
  const wanted = filter === undefined ? tasks : tasks.filter(({ state }) => state === filter)
  return sorted(wanted, sort, isReversed)
}

const namesIn = (state: State, list: List): ReadonlyArray<string> =>
  list === "tasks"
    ? tasksIn(state).map(({ id }) => id)
    : (state.reading?.status.workers ?? []).map(({ worker }) => worker)

const remarked = (state: State): State => withMark(state, "tasks", markIn(state, "tasks"))

/** Where the mark is in what is listed now: with its row, or else in its place. */
const markIn = (state: State, list: List): Mark => {
  const names = namesIn(state, list)
  const { id, index } = state.marks[list]
  // Nobody has chosen a row yet: the first is marked, whatever that is.
  if (id === undefined) return firstRow
  const found = names.indexOf(id)
  return markAt(names, found < 0 ? index : found)
}

const markAt = (names: ReadonlyArray<string>, index: number): Mark => {
  const within = Math.max(0, Math.min(index, names.length - 1))
  return { id: names[within], index: within }
}
