/** Why the command cannot do what it was asked, in a sentence that ends with what to do next. */

/** What the command's exit code says. */
export const exitCodes = {
  success: 0,
  failure: 1,
  usage: 2,
  /** Of `cancel`: it had finished, or finished first. */
  finishedFirst: 3,
  /** Of `cancel`: nobody knows it. */
  notFound: 4,
  /** Of `cancel`: it cannot be stopped, and goes on. */
  refused: 5,
  timeUp: 124,
  interrupted: 130,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** Ends the command with `message` on stderr, and with the stacks of it and its `cause` where they are asked for. */
export class CommandError extends Error {
  readonly _tag = "CommandError"
  readonly exitCode: ExitCode

  constructor(message: string, exitCode: ExitCode = exitCodes.usage, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause })
    this.name = "CommandError"
    this.exitCode = exitCode
  }
}
