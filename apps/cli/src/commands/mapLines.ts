/** `scaler-ts map <task> -`: an input per line of stdin, an outcome per line of stdout, in their order. */
import { ZmqTransport } from "@scaler-ts/adapter-zmq"
import type { ItemOutcome } from "@scaler-ts/future"
import { type Client, connect } from "@scaler-ts/future/promise"
import * as Local from "@scaler-ts/local"
import type { TaskDefinition } from "@scaler-ts/protocol/tasks"
import { connectOptions, rejecting } from "../cluster.ts"
import { CommandError, type ExitCode, exitCodes } from "../CommandError.ts"
import { parseDuration } from "../duration.ts"
import type { Invocation } from "../invocation.ts"
import { endOf, type EndedItem, totalsOf } from "../Item.ts"
import { loadTask } from "../loadTask.ts"
import { inputOf, taskNamed } from "../named.ts"
import { recordText } from "../output.ts"
import { summaryFields } from "../report.ts"
import { stdinLines } from "../stdin.ts"
import { listenForStops, type StopReason } from "../stops.ts"
import { errorText, jsonable } from "../values.ts"

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
  try {
    return await run({ client, task, args, withinMs }, invocation)
  } finally {
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
  if (slots !== undefined) {
    throw new CommandError(
      "--slots is for a task that runs here, such as ./tasks.ts#compress; a cluster's workers have their own.",
    )
  }
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
  const unlisten = listenForStops(withinMs, {
    onStop: (reason) => {
      stopped = reason
      if (reason !== "reader-gone")
        out.warn(
          "Stopping: cancelling what is under way, waiting for receipts (Ctrl-C: leave now).",
        )
      abort.abort()
    },
    onSignalAgain: () => process.exit(exitCodes.interrupted),
  })
  const items: Array<EndedItem> = []
  try {
    const options = {
      signal: abort.signal,
      ...(args.concurrency === undefined ? {} : { concurrency: args.concurrency }),
    }
    for await (const outcome of client.map(task, inputs(args, abort.signal), options)) {
      const item: EndedItem = { file: "", end: endOfItem(outcome) }
      items.push(item)
      if (stopped !== "reader-gone") await writeLine(lineText(items.length, item))
    }
  } catch (error) {
    if (stopped === undefined) throw error
  } finally {
    unlisten()
  }
  if (stopped === "reader-gone") return exitCodes.success
  const totals = totalsOf(items)
  await writeLine(recordText("summary", summaryFields(totals, performance.now() - startMs)))
  if (stopped !== undefined) return stopped === "time-up" ? exitCodes.timeUp : exitCodes.interrupted
  return totals.succeeded === totals.total ? exitCodes.success : exitCodes.failure
}

async function* inputs(
  { text }: MapLinesArguments,
  signal: AbortSignal,
): AsyncGenerator<unknown, void, undefined> {
  let line = 0
  for await (const given of stdinLines("inputs, a line each,")) {
    if (signal.aborted) return
    line += 1
    yield inputOf(given, text, `Line ${line}`)
  }
}

const endOfItem = (outcome: ItemOutcome<unknown>): EndedItem["end"] =>
  outcome._tag === "NotSubmitted" ? { state: "failed", error: outcome.error } : endOf(outcome)

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

const lineText = (line: number, { end }: EndedItem): string =>
  recordText("item", {
    line,
    state: end.state,
    ...("value" in end ? { value: jsonable(end.value) } : {}),
    ...("error" in end ? { error: errorText(end.error) } : {}),
  })
