/** The lists of the screen: workers, what waits, what a cancel has not stopped, tasks. */
import type { TaskStatus, WaitingStatus, WorkerStatus } from "@scaler-ts/operator"
import { formatDuration } from "../duration.ts"
import { cutEnd, type Paint, plain, printable } from "../terminal.ts"
import type { StillRunning } from "./Cancels.ts"
import { type Column, fit, rowLine, titleLine } from "./columns.ts"
import type { SortKey } from "./sorted.ts"
import { type List, type Reading, type State, tasksIn } from "./State.ts"
import {
  capabilityText,
  countText,
  cpuText,
  memoryText,
  rungText,
  waitingText,
  workerState,
} from "./words.ts"

/** What the longest duration takes: a number that is cut is another number. */
export const durationMin = 11

/** What the longest rung takes. */
const rungMin = 11

/** As much of a name is shown, however little room there is. */
const nameMin = 8

const loadColumns: ReadonlyArray<Column<WorkerStatus>> = [
  { title: "CPU", cell: cpuText, min: 4, rank: 4, isRight: true },
  { title: "MEMORY", cell: memoryText, min: 7, rank: 5, isRight: true },
]

const workerColumns = (
  workers: ReadonlyArray<WorkerStatus>,
): ReadonlyArray<Column<WorkerStatus>> => [
  { title: "WORKER", cell: ({ worker }) => printable(worker), min: 10, rank: 0, cut: "start" },
  {
    title: "STATE",
    cell: workerState,
    min: 8,
    rank: 1,
    style: ({ away, draining }) => {
      if (away) return "red"
      return draining ? "yellow" : undefined
    },
  },
  { title: "HELD/SLOTS", cell: ({ held, slots }) => `${held}/${slots}`, rank: 2, isRight: true },
  {
    title: "SILENT",
    cell: ({ silentMs }) => formatDuration(silentMs),
    min: durationMin,
    rank: 3,
    isRight: true,
  },
  ...(workers.some(({ cpu }) => cpu !== undefined) ? loadColumns : []),
  { title: "HAS", cell: ({ capabilities }) => capabilityText(capabilities), min: 6, rank: 6 },
  {
    title: "OFFERS",
    cell: ({ tasks }) => (tasks.length === 0 ? "any task" : tasks.map(printable).join(", ")),
    min: 10,
    rank: 7,
  },
]

const taskColumns = ({ isReversed, sort }: State): ReadonlyArray<Column<TaskStatus>> => {
  /** What they are sorted by is shown as soon as there is room for more than the id. */
  const by = (title: string, key: SortKey, rank: number): { title: string; rank: number } =>
    key === sort
      ? { title: `${title} ${isReversed ? "▲" : "▼"}`, rank: Math.min(rank, 0.5) }
      : { title, rank }
  return [
    // Its end tells the tasks of one client apart.
    { ...by("TASK", "id", 0), cell: ({ id }) => printable(id), min: 10, cut: "start" },
    { ...by("NAME", "name", 3), cell: ({ name }) => printable(name), min: nameMin, growth: -1 },
    {
      ...by("STATE", "state", 1),
      cell: ({ state }) => state,
      min: 10,
      style: ({ state }) => {
        if (state === "cancelling") return "yellow"
        return state === "running" ? "green" : undefined
      },
    },
    {
      title: "RUNG",
      cell: rungText,
      min: rungMin,
      rank: 1.5,
      style: ({ rung }) => (rung === "killing" ? "red" : "yellow"),
    },
    {
      ...by("AGE", "age", 2),
      cell: ({ ageMs }) => formatDuration(ageMs),
      min: durationMin,
      isRight: true,
    },
    { ...by("WORKER", "worker", 4), cell: workerCell, min: nameMin, cut: "start" },
    {
      ...by("ATTEMPT", "attempt", 5),
      cell: ({ attempt }) => (attempt === 0 ? "-" : String(attempt)),
      isRight: true,
    },
  ]
}

const workerCell = ({ worker }: { readonly worker: string }): string =>
  worker === "" ? "-" : printable(worker)

/** A list that has a mark: its head, and as many rows around the mark as there is room for. */
const marked = <A>(
  columns: ReadonlyArray<Column<A>>,
  all: ReadonlyArray<A>,
  { index, isFocused, more, paint, room, width }: Frame,
): ReadonlyArray<string> => {
  // Two columns in front are the mark's.
  const fitted = fit(columns, all, width - 2)
  const head = paint("bold", cutEnd(`  ${titleLine(fitted)}`, width))
  const isLonger = all.length > room - 1 || more > 0
  const rows = Math.max(0, room - 1 - (isLonger && room > 3 ? 1 : 0))
  const from = Math.max(0, Math.min(index - Math.floor(rows / 2), all.length - rows))
  const shown = all.slice(from, from + rows)
  const lines = shown.map((row, at) => {
    const isMarked = isFocused && from + at === index
    return isMarked
      ? paint("bold", `> ${rowLine(fitted, row, plain)}`)
      : `  ${rowLine(fitted, row, paint)}`
  })
  const above = from === 0 ? [] : [`${from} above`]
  const below = all.length - from - shown.length + more
  const rest = [...above, ...(below === 0 ? [] : [`${below.toLocaleString("en-US")} more`])]
  const last = rest.length === 0 ? [] : [paint("dim", cutEnd(`  … and ${rest.join(", ")}`, width))]
  return [head, ...lines, ...last].slice(0, room)
}

interface Frame {
  readonly room: number
  readonly width: number
  readonly paint: Paint
  /** The row that has the mark. */
  readonly index: number
  readonly isFocused: boolean
  /** How many there are of which nothing is known here. */
  readonly more: number
}

type Size = Pick<Frame, "room" | "width" | "paint">

const frameOf = (state: State, list: List, size: Size, more: number): Frame => ({
  ...size,
  index: state.marks[list].index,
  isFocused: state.focus === list,
  more,
})

export const workerLines = (state: State, reading: Reading, size: Size): ReadonlyArray<string> => {
  const { workers } = reading.status
  return workers.length === 0
    ? [size.paint("yellow", cutEnd("  No workers are here: nothing is started", size.width))]
    : marked(workerColumns(workers), workers, frameOf(state, "workers", size, 0))
}

export const taskLines = (state: State, reading: Reading, size: Size): ReadonlyArray<string> => {
  const tasks = tasksIn(state)
  const { filter } = state
  if (tasks.length > 0) {
    return marked(taskColumns(state), tasks, frameOf(state, "tasks", size, reading.page.more))
  }
  const none = filter === undefined ? "No tasks" : `No tasks are ${filter}; f shows others`
  return [size.paint("dim", cutEnd(`  ${none}`, size.width))]
}

/** What waits and why: most tasks first. A long name leaves room for why. */
export const waitingLines = (
  waiting: ReadonlyArray<WaitingStatus>,
  { paint, room, width }: Size,
): ReadonlyArray<string> =>
  headed("WAITING", waiting, { room, paint, width }, (one) => {
    const needs = capabilityText(one.capabilities)
    const what = `${printable(one.name)}${needs === "" ? "" : ` (${needs})`}`
    const short = cutEnd(what, Math.max(nameMin, Math.floor(width / 3)))
    return `${countText(one.tasks, "task")} ${short}: ${waitingText(one)}`
  })

const stillRunningColumns = (nowMs: number): ReadonlyArray<Column<StillRunning>> => [
  { title: "", cell: ({ id }) => printable(id), min: 10, rank: 0, cut: "start" },
  { title: "", cell: whyText, min: 15, rank: 1 },
  { title: "", cell: (task) => ageText(task, nowMs), min: durationMin, rank: 2, isRight: true },
  { title: "", cell: workerCell, min: 8, rank: 3, cut: "start" },
  { title: "", cell: ({ name }) => printable(name), min: 8, rank: 4 },
]

const whyText = ({ why }: StillRunning): string =>
  why === "refused" ? "refused to stop" : "no confirmation"

const ageText = ({ sinceMs }: StillRunning, nowMs: number): string =>
  formatDuration(Math.max(0, nowMs - sinceMs))

/** The tasks that a cancel has not stopped, and since when nothing else is known. */
export const stillRunningLines = (
  { cancels, nowMs }: Pick<Reading, "cancels" | "nowMs">,
  { paint, room, width }: Size,
): ReadonlyArray<string> => {
  const { stillRunning } = cancels
  const fitted = fit(stillRunningColumns(nowMs), stillRunning, width - 2)
  const title = `STILL RUNNING AFTER CANCEL (${stillRunning.length})`
  return headed(title, stillRunning, { room, width, paint: plain }, (task) =>
    rowLine(fitted, task, plain),
  ).map((line) => paint("red", line))
}

export const stillRunningText = (task: StillRunning, nowMs: number): string => {
  const where = task.worker === "" ? "" : ` on ${printable(task.worker)}`
  return `${printable(task.id)} (${printable(task.name)}): ${whyText(task)}${where}, ${ageText(task, nowMs)} ago`
}

const headed = <A>(
  title: string,
  all: ReadonlyArray<A>,
  { paint, room, width }: Size,
  text: (one: A) => string,
): ReadonlyArray<string> => {
  if (all.length === 0 || room <= 0) return []
  const isLonger = all.length > room - 1
  const rows = Math.max(0, isLonger && room > 2 ? room - 2 : room - 1)
  const left = all.length - rows
  return [
    paint("bold", cutEnd(`  ${title}`, width)),
    ...all.slice(0, rows).map((one) => cutEnd(`  ${text(one)}`, width)),
    ...(isLonger && room > 2 ? [paint("dim", cutEnd(`  … and ${left} more`, width))] : []),
  ]
}
