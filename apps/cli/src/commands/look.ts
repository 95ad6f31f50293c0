/** `scaler-ts status`, `tasks` and `workers`: how a cluster stands. */
import type {
  Operator,
  SchedulerStatus,
  TaskFilter,
  TaskStatus,
  WaitingStatus,
  WorkerStatus,
} from "@scaler-ts/operator"
import { withOperator } from "../cluster.ts"
import { type Column, inColumns } from "../columns.ts"
import { type ExitCode, exitCodes } from "../CommandError.ts"
import { formatDuration } from "../duration.ts"
import type { Invocation } from "../invocation.ts"
import { printable } from "../stream.ts"
import {
  capabilityText,
  cpuText,
  liveStates,
  memoryText,
  waitingText,
  workerState,
} from "../top/words.ts"

export const status = async ({ out, settings }: Invocation): Promise<ExitCode> => {
  const told = await withOperator(settings, (operator) => operator.status)
  out.record("status", { ...told })
  const address = settings.get("address")
  for (const line of statusLines(told, address)) out.line(line)
  return exitCodes.success
}

const statusLines = (told: SchedulerStatus, address: string): ReadonlyArray<string> => {
  const { clients, operators, workers } = told
  const slots = workers.reduce((sum, worker) => sum + worker.slots, 0)
  const held = workers.reduce((sum, worker) => sum + worker.held, 0)
  return [
    `${address}${told.stopping ? " (stopping)" : ""}`,
    `workers    ${workers.length}, with ${slots} slots and ${held} tasks`,
    ...loadLines(workers),
    `clients    ${clients}${notes([
      [told.clientsBehind, "too slow to take what they are sent"],
      [told.clientsWithoutCredit, "waiting for room"],
    ])}`,
    `operators  ${operators}`,
    "",
    ...inColumns(
      [
        { title: "tasks", cell: (state) => state },
        { title: "now", cell: (state) => String(told.tasks[state] ?? 0), isNumber: true },
        { title: "oldest", cell: (state) => ageText(told.oldestMs[state]), isNumber: true },
      ],
      liveStates.filter((state) => !passing.has(state) || (told.tasks[state] ?? 0) > 0),
    ),
    `ended      ${countsText(told.ended)}`,
    ...(told.waiting.length === 0 ? [] : ["", "waiting:"]),
    ...told.waiting.map((waiting) => `  ${waitingLine(waiting)}`),
  ]
}

/** What those workers use together that tell. */
const loadLines = (workers: ReadonlyArray<WorkerStatus>): ReadonlyArray<string> => {
  const telling = workers.filter(({ cpu }) => cpu !== undefined)
  if (telling.length === 0) return []
  const sum = (of: (worker: WorkerStatus) => number | undefined): number =>
    telling.reduce((total, worker) => total + (of(worker) ?? 0), 0)
  const used = { cpu: sum(({ cpu }) => cpu), memoryBytes: sum(({ memoryBytes }) => memoryBytes) }
  const isAll = telling.length === workers.length
  const rest = isAll ? "" : ` (${telling.length} of ${workers.length} tell)`
  return [`use        ${cpuText(used)} of a processor, ${memoryText(used)}${rest}`]
}

/** Tasks are hardly ever in these for long, so that there is none is no news. */
const passing = new Set<string>(["dispatched", "recalling"])

const notes = (counts: ReadonlyArray<readonly [number, string]>): string => {
  const told = counts.filter(([n]) => n > 0).map(([n, what]) => `${n} ${what}`)
  return told.length === 0 ? "" : ` (${told.join(", ")})`
}

const ageText = (ms: number | undefined): string => (ms === undefined ? "" : formatDuration(ms))

const countsText = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([how, n]) => `${n} ${how}`)
    .join(", ") || "none"

/** `3 of render: no worker offers it`. */
const waitingLine = (waiting: WaitingStatus): string => {
  const needs = capabilityText(waiting.capabilities)
  const what = printable(waiting.name) + (needs === "" ? "" : ` (${needs})`)
  return `${waiting.tasks} of ${what}: ${waitingText(waiting)}`
}

const taskColumns: ReadonlyArray<Column<TaskStatus>> = [
  { title: "id", cell: ({ id }) => id },
  { title: "task", cell: ({ name }) => name },
  {
    title: "state",
    cell: ({ rung, state }) => (rung === "none" ? state : `${state}: ${rung}`),
  },
  { title: "for", cell: ({ ageMs }) => formatDuration(ageMs), isNumber: true },
  { title: "worker", cell: ({ worker }) => worker },
  {
    title: "attempt",
    cell: ({ attempt }) => (attempt === 0 ? "" : String(attempt)),
    isNumber: true,
  },
]

export const tasks = async (
  filter: TaskFilter,
  { out, settings }: Invocation,
): Promise<ExitCode> => {
  const page = await withOperator(settings, (operator: Operator) => operator.tasks(filter))
  for (const task of page.tasks) out.record("task", { ...task })
  out.record("tasks", { shown: page.tasks.length, more: page.more })
  if (page.tasks.length === 0) out.say("There is no such task now.")
  else for (const line of inColumns(taskColumns, page.tasks, terminalWidth())) out.line(line)
  if (page.more > 0) out.say(`${page.more} more; --limit shows more of them.`)
  return exitCodes.success
}

const terminalWidth = (): number => (process.stdout.isTTY ? process.stdout.columns : Infinity)

const workerColumns: ReadonlyArray<Column<WorkerStatus>> = [
  { title: "worker", cell: ({ worker }) => worker },
  { title: "state", cell: workerState },
  { title: "slots", cell: ({ slots }) => String(slots), isNumber: true },
  { title: "holds", cell: ({ held }) => String(held), isNumber: true },
  { title: "heard", cell: ({ silentMs }) => `${formatDuration(silentMs)} ago`, isNumber: true },
  { title: "cpu", cell: cpuText, isNumber: true },
  { title: "memory", cell: memoryText, isNumber: true },
  {
    title: "has",
    cell: ({ capabilities }) => capabilityText(capabilities),
  },
  { title: "tasks", cell: (worker) => worker.tasks.join(", ") || "any" },
]

export const workers = async ({ out, settings }: Invocation): Promise<ExitCode> => {
  const told = await withOperator(settings, (operator) => operator.status)
  for (const worker of told.workers) out.record("worker", { ...worker, state: workerState(worker) })
  out.record("workers", { shown: told.workers.length })
  if (told.workers.length === 0)
    out.say(`There is no worker; start one with "scaler-ts worker <tasks…>".`)
  else for (const line of inColumns(workerColumns, told.workers, terminalWidth())) out.line(line)
  return exitCodes.success
}
