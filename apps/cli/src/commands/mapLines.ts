/** `scaler-ts map <task> -`: an input per line of stdin, an outcome per line of stdout, in their order. */
import { ZmqTransport } from "@scaler-ts/adapter-zmq"
import { type Client, connect } from "@scaler-ts/future/promise"
import * as Local from "@scaler-ts/local"
import type { TaskDefinition } from "@scaler-ts/protocol/tasks"
import { connectOptions, rejecting } from "../cluster.ts"
import { type ExitCode, exitCodes } from "../CommandError.ts"
import { parseDuration } from "../duration.ts"
import type { Invocation } from "../invocation.ts"
import { Tally } from "../Item.ts"
import { loadTask } from "../loadTask.ts"
import { assertNoSlots, inputOf, taskNamed } from "../named.ts"
import { recordText } from "../output.ts"
import { startProgressBeside } from "../progress.ts"
import { endFields, summaryFields } from "../report.ts"
import { stdinLines } from "../stdin.ts"
import { listenForStops, type StopReason, stopWords } from "../stops.ts"
import { countText } from "../top/words.ts"
import { isNews, sayWhyItWaits } from "../whyItWaits.ts"
import { type EndedLine, Lines } from "./Lines.ts"

export interface MapLinesArguments {
  readonly task: string
  readonly text: boolean
  readonly within: string | undefined
  readonly slots: number | undefined
  readonly concurrency: number | undefined
}

export const mapLines = async (
  args: MapLinesArguments,
  invocation: Invocation,
): Promise<ExitCode> => {
  const withinMs = args.within === undefined ? undefined : parseDuration(args.within, "--within")
  const { client, task } = await open(args, invocation)
  const { out, settings } = invocation
  const stopAsking = args.task.includes("#")
    ? () => {}
    : sayWhyItWaits({ settings, say: (text) => out.say(text) }, args.task, isNews)
  try {
    return await run({ client, task, args, withinMs }, invocation)
  } finally {
    stopAsking()
    await client.close()
  }
}

const open = async (
  { slots, task: reference }: MapLinesArguments,
  { cwd, settings }: Invocation,
): Promise<{ client: Client; task: TaskDefinition<unknown, unknown> }> => {
  if (reference.includes("#")) {
    // What it takes is for the lines to say.
    const task = (await loadTask(reference, cwd)) as TaskDefinition<unknown, unknown>
    const tasks = { [task.name]: task }
    const client = await Local.start({ tasks, ...(slots === undefined ? {} : { slots }) })
    return { client, task }
  }
  assertNoSlots(slots)
  const task = taskNamed(reference)
  const { address, ...options } = connectOptions(settings)
  const client = await rejecting(settings, connect(ZmqTransport.layer(address, options)))
  return { client, task }
}

interface LinesRun {
  readonly client: Client
  readonly task: TaskDefinition<unknown, unknown>
  readonly args: MapLinesArguments
  readonly withinMs: number | undefined
}

const run = async (
  { args, client, task, withinMs }: LinesRun,
  { out }: Invocation,
): Promise<ExitCode> => {
  const startMs = performance.now()
  const abort = new AbortController()
  let stopped: StopReason | undefined
  const inputs = inputsOf(args, abort.signal)
  const lines = new Lines({ client, task, inputs, concurrency: args.concurrency ?? 1_000 })
  const tally = new Tally()
  const progress = startProgressBeside(out, () => {
    const { failed, total: done } = tally.totals
    const elapsedMs = performance.now() - startMs
    return { total: lines.total, done, failed, elapsedMs, isStopping: stopped !== undefined }
  })
  const unlisten = listenForStops(withinMs, {
    onStop: (reason) => {
      stopped = reason
      if (reason !== "reader-gone")
        out.warn(
          `${stopWords[reason]}: cancelling ${countText(lines.open.length, "line")}, waiting for receipts (Ctrl-C: leave now).`,
        )
      lines.stop()
      abort.abort()
    },
    onSignalAgain: () => {
      const left = lines.open.map(({ id, line }) => `\n  line ${line}  ${id}`)
      out.warn(`Left without confirmation of ${left.length}:${left.join("")}`)
      process.exit(exitCodes.interrupted)
    },
  })
  try {
    for await (const ended of lines.ends()) {
      tally.add(ended)
      out.makeRoom()
      if (stopped !== "reader-gone") await writeLine(lineText(ended))
    }
  } finally {
    unlisten()
    progress.end()
  }
  if (stopped === "reader-gone") return exitCodes.success
  const { totals } = tally
  await writeLine(recordText("summary", summaryFields(totals, performance.now() - startMs)))
  if (stopped !== undefined) return stopped === "time-up" ? exitCodes.timeUp : exitCodes.interrupted
  return totals.succeeded === totals.total ? exitCodes.success : exitCodes.failure
}

async function* inputsOf(
  { text }: MapLinesArguments,
  signal: AbortSignal,
): AsyncGenerator<unknown, void, undefined> {
  let line = 0
  for await (const given of stdinLines("inputs, a line each,", signal)) {
    if (signal.aborted) return
    line += 1
    yield inputOf(given, text, `Line ${line}`)
  }
}

/** Waits for a slow reader, so that no more is asked for than is taken. */
const writeLine = (text: string): Promise<void> | undefined =>
  process.stdout.write(`${text}\n`)
    ? undefined
    : new Promise((resolve) => {
        const done = (): void => {
          process.stdout.off("drain", done).off("error", done)
          resolve()
        }
        process.stdout.on("drain", done).on("error", done)
      })

const lineText = ({ end, line, receipt }: EndedLine): string =>
  recordText("item", { line, ...endFields(end, receipt) })
