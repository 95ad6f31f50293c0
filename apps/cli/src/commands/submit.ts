/** `scaler-ts submit`: hands tasks to a cluster, prints their ids, and leaves. */
import type { SubmitOptions } from "@scaler-ts/future"
import * as Effect from "effect/Effect"
import { withClient } from "../cluster.ts"
import { CommandError, type ExitCode, exitCodes } from "../CommandError.ts"
import type { Invocation } from "../invocation.ts"
import { inputOf, taskNamed } from "../named.ts"
import { stdinLines } from "../stdin.ts"
import { remember, type Submitted } from "../submitted.ts"
import { whenUnread } from "../unread.ts"

export interface SubmitArguments {
  readonly task: string
  /** JSON, `-` for a line of stdin each, or nothing. */
  readonly input: string | undefined
  readonly text: boolean
  readonly options: SubmitOptions
}

export const submit = async (
  { input, options, task: name, text }: SubmitArguments,
  { out, settings }: Invocation,
): Promise<ExitCode> => {
  const task = taskNamed(name)
  // Before the first is submitted, so that a mistake in the last line does not leave half of them behind.
  const inputs = input === "-" ? await linesOf(text) : [inputOf(input, text)]
  const address = settings.get("address")
  const written: Array<Submitted> = []
  // Half of them would be worse than all, and their ids have to be kept.
  const unhear = whenUnread(() => {})
  await withClient(settings, (client) =>
    Effect.forEach(
      inputs,
      (value) =>
        Effect.map(client.submit(task, value, { ...options, detached: true }), ({ id }) => {
          written.push({ id, task: name, address })
          out.line(id)
          out.record("submitted", { id, task: name })
        }),
      { discard: true },
    ).pipe(Effect.mapError((error) => new CommandError(error.message, exitCodes.failure, error))),
  ).finally(() => {
    unhear()
    const why = written.length === 0 ? undefined : remember(process.env, written)
    if (why !== undefined) out.say(`The ids are not kept for "cancel --mine": ${why}.`)
  })
  return exitCodes.success
}

const linesOf = async (isText: boolean): Promise<ReadonlyArray<unknown>> => {
  const inputs: Array<unknown> = []
  for await (const line of stdinLines("inputs, a line each,")) {
    inputs.push(inputOf(line, isText, `Line ${inputs.length + 1}`))
  }
  if (inputs.length > 0) return inputs
  throw new CommandError("There are no inputs on stdin; write one per line, as JSON.")
}
