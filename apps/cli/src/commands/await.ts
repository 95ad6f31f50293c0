/** `scaler-ts call`, `result` and `logs`: a future, and what is printed of it. */
import {
  type AttachOptions,
  Client,
  Future,
  type Outcome,
  type Receipt,
  type SubmitOptions,
} from "@scaler-ts/future"
import * as Local from "@scaler-ts/local"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import { settled, withClient } from "../cluster.ts"
import { CommandError, type ExitCode, exitCodes } from "../CommandError.ts"
import { parseDuration } from "../duration.ts"
import type { Invocation } from "../invocation.ts"
import { endOf, kindOf, receiptText } from "../Item.ts"
import { loadTask } from "../loadTask.ts"
import { assertIds, inputOf, taskNamed } from "../named.ts"
import type { Output } from "../output.ts"
import { endFields } from "../report.ts"
import { stdinLines } from "../stdin.ts"
import { listenForStops, type StopReason, stopWords } from "../stops.ts"
import { jsonable, receiptJson } from "../values.ts"
import { sayWhyItWaits } from "../whyItWaits.ts"

export interface CallArguments {
  readonly task: string
  readonly input: string | undefined
  readonly text: boolean
  readonly within: string | undefined
  readonly options: SubmitOptions
}

type Opened<A> = Effect.Effect<Future.Future<A>, Error>

/** Submits a task, waits for its value, and prints that. `module#task` runs here, a name where the cluster is. */
export const call = async (args: CallArguments, invocation: Invocation): Promise<ExitCode> => {
  const { cwd, out, settings } = invocation
  const withinMs = args.within === undefined ? undefined : parseDuration(args.within, "--within")
  const input = await inputFor(args)
  const told = { ...args.options, ...linesTo(out, "stderr") }
  if (args.task.includes("#")) {
    const task = await loadTask(args.task, cwd)
    const cluster = Local.layer({ tasks: { [task.name]: task }, executor: "process", slots: 1 })
    const run = Effect.flatMap(Client, (client) =>
      // Whether the task takes it is for the person at the keyboard to know.
      owned(client.submit(task as never, input as never, told), { out, withinMs }),
    )
    return settled(settings, run.pipe(Effect.provide(cluster), Effect.mapError(failure)))
  }
  const task = taskNamed(args.task)
  const stopAsking = sayWhyItWaits({ settings, say: (text) => out.say(text) }, args.task)
  try {
    return await withClient(settings, (client) =>
      owned(client.submit(task, input, told), { out, withinMs }).pipe(Effect.mapError(failure)),
    )
  } finally {
    stopAsking()
  }
}

const failure = (error: Error): CommandError =>
  new CommandError(error.message, exitCodes.failure, error)

const inputFor = async ({ input, text }: CallArguments): Promise<unknown> => {
  if (input !== "-") return inputOf(input, text)
  const lines: Array<string> = []
  for await (const line of stdinLines("an input")) lines.push(line)
  return inputOf(lines.join("\n"), text)
}

/** Waits for a task that this command has submitted: who stops the command stops the task. */
const owned = <A>(
  submit: Opened<A>,
  { out, withinMs }: { readonly out: Output; readonly withinMs: number | undefined },
): Effect.Effect<ExitCode, Error> =>
  Effect.gen(function* () {
    const future = yield* submit
    const stop = Deferred.makeUnsafe<StopReason>()
    const unlisten = listenForStops(withinMs, {
      onStop: (reason) => {
        out.clear()
        if (reason !== "reader-gone")
          out.warn(`${stopWords[reason]}: cancelling ${future.id}, waiting for its receipt (Ctrl-C: leave now).`) // oxfmt-ignore
        Deferred.doneUnsafe(stop, Effect.succeed(reason))
      },
      onSignalAgain: () => {
        out.warn(`Left without confirmation: ${future.id} may still be running.`)
        process.exit(exitCodes.interrupted)
      },
    })
    try {
      const first = yield* Effect.raceFirst(Future.outcome(future), Deferred.await(stop))
      if (typeof first !== "string") return printOutcome(future.id, first, out)
      const receipt = yield* Future.cancel(future)
      printReceipt(future.id, receipt, out)
      return first === "time-up" ? exitCodes.timeUp : first === "reader-gone" ? exitCodes.success : exitCodes.interrupted // oxfmt-ignore
    } finally {
      unlisten()
    }
  })

/** Waits for a task that somebody has submitted: who stops the command stops nothing else. */
const watched = async (
  id: string,
  options: AttachOptions,
  { out, settings }: Invocation,
  print: (outcome: Outcome<unknown>) => ExitCode,
): Promise<ExitCode> => {
  assertIds([id])
  return withClient(settings, (client: Client) =>
    Effect.gen(function* () {
      const future = yield* Effect.mapError(client.attach(id, undefined, options), failure)
      const left = Deferred.makeUnsafe<StopReason>()
      const unlisten = listenForStops(undefined, {
        onStop: (reason) => Deferred.doneUnsafe(left, Effect.succeed(reason)),
        onSignalAgain: () => process.exit(exitCodes.interrupted),
      })
      try {
        const first = yield* Effect.raceFirst(Future.outcome(future), Deferred.await(left))
        if (typeof first !== "string") return print(first)
        if (first === "reader-gone") return exitCodes.success
        out.warn(`Left. The task goes on; "scaler-ts cancel ${id}" would stop it.`)
        return exitCodes.interrupted
      } finally {
        unlisten()
      }
    }),
  )
}

/** Waits for a submitted task's value, and prints that. */
export const result = (id: string, invocation: Invocation): Promise<ExitCode> =>
  watched(id, {}, invocation, (outcome) => printOutcome(id, outcome, invocation.out))

/** Prints what a task says from now on, until it ends. Where that is nothing it says why. */
export const logs = (id: string, invocation: Invocation): Promise<ExitCode> => {
  const { out } = invocation
  const { onLog, ...others } = linesTo(out, "stdout")
  let count = 0
  const counted: AttachOptions["onLog"] = (line, from) => {
    count += 1
    onLog?.(line, from)
  }
  return watched(id, { ...others, onLog: counted }, invocation, (outcome) => {
    if (outcome._tag === "Lost") return printOutcome(id, outcome, out)
    const missed =
      count > 0
        ? ""
        : " It has said nothing since this command asked, and what a task said before is kept nowhere: " +
          'follow it while it runs, or run it by "scaler-ts call".'
    out.say(`It has ended: ${endOf(outcome).state}.${missed}`)
    return exitCodes.success
  })
}

/** What a task says goes on as it comes: beside a result to stderr, and where it is the result to stdout. */
const linesTo = (out: Output, stream: "stdout" | "stderr"): AttachOptions => ({
  onLog: (line, from) => {
    out.clear()
    if (out.json) out.record("log", { line, from })
    else process[stream].write(`${line}\n`)
  },
  onProgress: (fraction) => out.passing(`scaler-ts: ${Math.round(fraction * 100)} %`),
})

const printOutcome = (id: string, outcome: Outcome<unknown>, out: Output): ExitCode => {
  out.clear()
  const end = endOf(outcome)
  out.record("result", {
    id,
    ...endFields(end, undefined),
  })
  if (end.state === "succeeded") {
    const { value } = end
    out.line(typeof value === "string" ? value : JSON.stringify(jsonable(value)))
    return exitCodes.success
  }
  out.warn(
    "error" in end && end.error instanceof Error
      ? // Of a task that is not known, the name is not either.
        `${end.error.message.replace(/^task "" was lost: /, "")}.`
      : `It was ${end.state}.`,
  )
  if ("error" in end) out.stacks(end.error)
  return exitCodes.failure
}

const printReceipt = (id: string, receipt: Receipt<unknown>, out: Output): void => {
  out.record("receipt", { id, receipt: receiptJson(receipt) })
  out.warn(`${id} ${receiptText(receipt)}.`)
  if (kindOf(receipt) === "unconfirmed" || kindOf(receipt) === "refused")
    out.warn("It may still be running.")
}
