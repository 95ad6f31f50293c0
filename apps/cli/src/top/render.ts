/** The whole screen: from the state and the size of the terminal to its lines. */
import { formatDuration } from "../duration.ts"
import { orderText } from "../receipts.ts"
import { cutEnd, cutStart, type Paint, plain, printable, textWidth } from "../terminal.ts"
import { flow } from "./columns.ts"
import { headLines } from "./head.ts"
import { stillRunningLines, taskLines, waitingLines, workerLines } from "./lists.ts"
import type { Answer, Reading, State } from "./State.ts"
import { capital } from "./words.ts"

/** A lower screen has no room for what is only nice to know. */
const isShortBelow = 14

/** A higher one has room for more than the last answer. */
const isHighFrom = 30

/** As much of an id and of a name is shown in a question, however little room there is. */
const idMin = 10
const nameMin = 8

/** A narrower terminal cuts the lines itself. */
const widthMin = 12

/** At least as many rows of the list that has the mark. */
const focusRowsMin = 3

/**
 * Exactly `height` lines, none wider than `width` columns (or 12, if it is less), with no control characters but those of `paint`.
 */
export const render = (
  state: State,
  columns: number,
  height: number,
  paint: Paint = plain,
): ReadonlyArray<string> => {
  const width = Math.max(columns, widthMin)
  const isShort = height < isShortBelow
  const foot = footLines(state, width, height, paint).slice(0, height)
  const head = headLines(state, width, paint, isShort).slice(0, height - foot.length)
  const room = height - head.length - foot.length
  const body = state.isHelp
    ? helpLines.map((line) => cutEnd(line, width))
    : bodyLines(state, width, room, paint)
  const blank = Array.from({ length: Math.max(0, room - body.length) }, () => "")
  return [...head, ...body.slice(0, room), ...blank, ...foot]
}

const bodyLines = (
  state: State,
  width: number,
  room: number,
  paint: Paint,
): ReadonlyArray<string> => {
  const { reading } = state
  if (reading === undefined || room <= 0) return []
  const rooms = shareOf(state, reading, room)
  const size = (room: number) => ({ room, width, paint })
  return [
    ...(rooms.workers === 0 ? [] : workerLines(state, reading, size(rooms.workers))),
    ...waitingLines(reading.status.waiting, size(rooms.waiting)),
    ...stillRunningLines(reading, size(rooms.stillRunning)),
    ...(rooms.tasks === 0 ? [] : taskLines(state, reading, size(rooms.tasks))),
  ]
}

interface Rooms {
  readonly workers: number
  readonly waiting: number
  readonly stillRunning: number
  readonly tasks: number
}

/**
 * How many lines each list gets. What a cancel has not stopped is never left out; then comes the list that has the
 * mark, and the other, and what waits.
 */
const shareOf = (state: State, { cancels, status }: Reading, room: number): Rooms => {
  const isWorkers = state.focus === "workers"
  const share = Math.floor(room / (isWorkers ? 2 : 4))
  const workersWanted = Math.min(status.workers.length, Math.max(2, share)) + 1
  const wanted = (count: number, max: number): number =>
    count === 0 ? 0 : Math.min(count, max) + 1
  let left = room
  /** A head alone says nothing. */
  const give = (lines: number, kept: number, min = 2): number => {
    const given = Math.min(lines, left - kept)
    if (given < min) return 0
    left -= given
    return given
  }
  const stillRunning = give(wanted(cancels.stillRunning.length, 5), 0, 1)
  const kept = Math.min(left, focusRowsMin)
  const workers = give(
    workersWanted,
    isWorkers ? 0 : kept,
    isWorkers || status.workers.length === 0 ? 1 : 2,
  )
  const waiting = give(wanted(status.waiting.length, 3), Math.min(left, focusRowsMin))
  return { workers, waiting, stillRunning, tasks: left < 2 ? 0 : left }
}

/** What was said last, or is asked, and the keys. */
const footLines = (
  state: State,
  width: number,
  height: number,
  paint: Paint,
): ReadonlyArray<string> => {
  const said = saidLines(state, width, height, paint)
  const keys = paint("dim", flow(keyHints(state), width))
  if (height < isShortBelow) return [said[0] ?? keys]
  return [...(said.length === 0 ? [""] : said), keys]
}

const saidLines = (
  state: State,
  width: number,
  height: number,
  paint: Paint,
): ReadonlyArray<string> => {
  const { answers, note, question } = state
  if (question !== undefined) {
    const { ageMs, id, name, worker } = question
    const where = worker === "" ? "" : ` on ${printable(worker)}`
    const age = `${question.state} ${formatDuration(ageMs)}`
    const short = cutEnd(printable(name), Math.max(nameMin, Math.floor(width / 3)))
    const rest = ` ${short}, ${age}${where}`
    const room = Math.max(idMin, width - textWidth(`Cancel ${rest}? y/n`))
    const what = `Cancel ${cutStart(printable(id), room)}${rest}`
    // The answer that is wanted is never cut off.
    return [paint("bold", `${cutEnd(what, width - 5)}? y/n`)]
  }
  if (note !== undefined) return [cutEnd(capital(note), width)]
  const awaited = state.asked.length
  if (awaited > 0) {
    const [one] = state.asked
    const whose = awaited === 1 ? ` of ${printable(one?.id ?? "")}` : `s of ${awaited} tasks`
    return [paint("yellow", cutEnd(`The receipt${whose} is awaited …`, width))]
  }
  const count = height < isHighFrom ? 1 : answers.length
  return answers.slice(0, count).map((answer) => cutEnd(answerText(answer), width))
}

/** `abc.7 resize: stopped after 12 ms, by itself on worker-1`. */
const answerText = ({ id, name, receipt }: Answer): string =>
  `${printable(id)} ${printable(name)}: ${printable(orderText(receipt))}`

const keyHints = ({ filter, isHelp, question, sort }: State): ReadonlyArray<string> => {
  if (question !== undefined) return ["y cancel", "n leave it"]
  if (isHelp) return ["any key goes back"]
  return [
    "q quit",
    "c cancel",
    `s sort ${sort}`,
    `f only ${filter ?? "all"}`,
    "r reverse",
    "Tab workers",
    "? help",
  ]
}

const helpLines: ReadonlyArray<string> = [
  "  ↑ ↓ j k      mark a row; also PgUp PgDn Home End",
  "  Tab          go to the workers, and back to the tasks",
  "  c            cancel the marked task; asks first",
  "  s            sort by age, name, state, worker, attempt, id",
  "  r            reverse the order",
  "  f            list tasks of one state only",
  "  q Ctrl-C     quit; what was cancelled stays so",
  "  Ctrl-Z       suspend; fg goes on",
  "",
  "  HELD/SLOTS   attempts that a worker holds, and how many run at once",
  "  CPU MEMORY   what a worker uses, with its tasks; 100% is one processor",
  "  cancelling   asked to stop and not confirmed yet, and for how long",
  "  RUNG         asked, interrupted (in its grace period), or being killed",
  "  recalling    being taken back from a busy worker for an idle one",
]
