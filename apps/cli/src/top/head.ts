/** The top of the screen: how many tasks there are in each state, how fast they end, how long cancels take. */
import type { SchedulerStatus } from "@scaler-ts/operator"
import { formatDuration } from "../duration.ts"
import { rateText } from "../bar.ts"
import { cutEnd, type Paint, printable, textWidth } from "../terminal.ts"
import { type Column, fit, flow, gap, rowLine, titleLine } from "./columns.ts"
import type { CancelFigures } from "./Cancels.ts"
import { durationMin } from "./lists.ts"
import { endedOf, type Reading, type State } from "./State.ts"
import { countText, liveStates } from "./words.ts"

/** What is between the title and the lists. `isShort`: only what one cannot do without. */
export const headLines = (
  state: State,
  width: number,
  paint: Paint,
  isShort: boolean,
): ReadonlyArray<string> => {
  const { reading } = state
  if (reading === undefined) {
    return [titleOf(state, "", width, paint), cutEnd(firstWords(state), width)]
  }
  const { cancels, status } = reading
  const here = flow([countText(status.clients, "client"), slotsText(status)], width)
  const columns = stateColumns(state)
  const fitted = fit(columns, [reading], width)
  return [
    titleOf(state, here, width, paint),
    paint("dim", titleLine(fitted)),
    rowLine(fitted, reading, paint),
    ...(isShort ? [] : [flow([...confirmParts(cancels), ...endParts(status)], width)]),
    ...warnings(state).map((text) => paint("yellow", cutEnd(text, width))),
    ...(isShort ? [] : [""]),
  ]
}

const firstWords = ({ failure }: State): string =>
  failure === undefined
    ? "Asking the scheduler …"
    : `No answer from the scheduler (${printable(failure)}); asking again`

const titleOf = ({ name }: State, here: string, width: number, paint: Paint): string => {
  const wide = cutEnd(name === "" ? "scaler-ts" : `scaler-ts  ${printable(name)}`, width)
  const space = width - textWidth(wide) - textWidth(here)
  return paint("bold", wide) + (here === "" || space < gap.length ? "" : " ".repeat(space) + here)
}

/** `6/8 slots`. Attempts that wait at a worker beyond its slots hold none. */
export const slotsText = ({ workers }: SchedulerStatus): string => {
  const used = workers.reduce((sum, { held, slots }) => sum + Math.min(held, slots), 0)
  const all = workers.reduce((sum, { slots }) => sum + slots, 0)
  return `${countText(workers.length, "worker")}, ${used}/${countText(all, "slot")}`
}

const stateRanks = { queued: 2, dispatched: 5, running: 1, recalling: 6, cancelling: 0 } as const

const stateColumns = ({ rate }: State): ReadonlyArray<Column<Reading>> => [
  ...liveStates.map((state) => ({
    title: state,
    cell: ({ status }: Reading) => numberText(status.tasks[state] ?? 0),
    rank: stateRanks[state],
    isRight: true,
    style: ({ status }: Reading) =>
      state === "cancelling" && (status.tasks[state] ?? 0) > 0 ? ("yellow" as const) : undefined,
  })),
  {
    // Of those that are being cancelled: it stands beside them.
    title: "oldest",
    cell: ({ status }) => oldestText(status) ?? "-",
    min: durationMin,
    rank: 3,
    isRight: true,
  },
  {
    title: "ended",
    cell: ({ status }) => numberText(endedOf(status)),
    rank: 4,
    isRight: true,
  },
  {
    title: "pace",
    cell: () => paceText(rate) ?? "-",
    min: 6,
    rank: 7,
    isRight: true,
  },
]

const numberText = (count: number): string => count.toLocaleString("en-US")

/** How long the task that is longest in it is being cancelled. */
export const oldestText = ({ oldestMs }: SchedulerStatus): string | undefined => {
  const ms = oldestMs["cancelling"]
  return ms === undefined ? undefined : formatDuration(ms)
}

/** How many tasks end in a second, or a minute. */
export const paceText = (rate: number | undefined): string | undefined => {
  if (rate === undefined) return undefined
  return rate === 0 ? "0/s" : rateText(rate)
}

/** The cancels of what workers had that were confirmed since this began to watch. */
export const confirmParts = ({ confirmed, p50Ms, p99Ms }: CancelFigures): ReadonlyArray<string> =>
  p50Ms === undefined || p99Ms === undefined
    ? ["no cancel confirmed by a worker yet"]
    : [
        `cancels confirmed by workers ${numberText(confirmed)}: p50 ${formatDuration(p50Ms)}, p99 ${formatDuration(p99Ms)}`,
      ]

const endWords: Readonly<Record<string, string>> = { timedOut: "timed out" }

/** How tasks have ended, those ways that there were: success last, of which one wants to know least. */
export const endParts = ({ ended }: SchedulerStatus): ReadonlyArray<string> =>
  Object.entries(ended)
    .filter(([, count]) => count > 0)
    .toReversed()
    .map(([end, count]) => `${printable(endWords[end] ?? end)} ${numberText(count)}`)

const warnings = ({ failure, reading }: State): ReadonlyArray<string> => {
  if (reading === undefined) return []
  const { clientsBehind, clientsWithoutCredit, stopping } = reading.status
  return [
    ...(failure === undefined
      ? []
      : [`No answer from the scheduler (${printable(failure)}); this is what it told last`]),
    ...(stopping ? ["The scheduler is being stopped: nobody new is let in"] : []),
    ...(clientsBehind === 0
      ? []
      : [`${countText(clientsBehind, "client")} too slow: nothing queued of theirs is started`]),
    ...(clientsWithoutCredit === 0
      ? []
      : [`${countText(clientsWithoutCredit, "client")} may send nothing until something ends`]),
  ]
}
