/** What a command says when it cannot do what it was asked. */
import { inspect } from "node:util"
import { CommandError, type ExitCode, exitCodes } from "./CommandError.ts"
import { isAnimated } from "./stream.ts"

/** Says on stderr what is wrong, with its stacks where they are asked for, and what the process should exit with. */
export const complain = (error: unknown, showsStacks: boolean): ExitCode => {
  const isKnown = error instanceof CommandError
  writeError(isKnown ? error.message : bugText(error, showsStacks))
  if (showsStacks) process.stderr.write(`${inspect(error)}\n`)
  return isKnown ? error.exitCode : exitCodes.failure
}

const bugText = (error: unknown, showsStacks: boolean): string => {
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  const report = showsStacks
    ? "report it with the lines below"
    : "run it again with --log-level debug, and report it with what that prints"
  return `Unexpected: ${what}\nThis is a bug in scaler-ts; please ${report}.`
}

/** A line of stderr. */
export const writeError = (text: string): void => {
  const isAlone = !isAnimated(process.stderr, process.env)
  // On a terminal, "starting …" may be in the line.
  process.stderr.write(`${isAlone ? "" : "\r\u001b[K"}scaler-ts: ${text}\n`)
}
