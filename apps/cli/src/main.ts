#!/usr/bin/env node
/**
 * The process around the command: the quick answers, and the exit code.
 *
 * Everything that costs time to load is behind the dynamic import, so that `--version` answers
 * at once and a run shows a sign of life while Effect loads.
 */
import { exitCodes } from "./CommandError.ts"

/** `.ts` task modules need Node's type stripping, which is on by default from this version. */
const nodeNeeded = [22, 19] as const

const isNodeTooOld = (version: string): boolean => {
  const [major = 0, minor = 0] = version.split(".").map(Number)
  return major < nodeNeeded[0] || (major === nodeNeeded[0] && minor < nodeNeeded[1])
}

/** Only what will be an answer at once, or has to be quiet, begins without a sign of life. */
const isSilent = (arg: string, at: number): boolean =>
  /^(--help|-h|--version|-v|--quiet)$/.test(arg) || (at === 0 && arg === "help")

const main = async (args: ReadonlyArray<string>): Promise<number> => {
  if (args.length === 1 && ["--version", "-v", "version"].includes(args[0] ?? "")) {
    const { versionText } = await import("./version.ts")
    process.stdout.write(`${versionText()}\n`)
    return 0
  }
  if (isNodeTooOld(process.versions.node)) {
    process.stderr.write(
      `scaler-ts: this is Node ${process.versions.node}, and Node ${nodeNeeded.join(".")} or later is needed; ` +
        "install a newer Node and run the command again.\n",
    )
    return exitCodes.failure
  }
  // A quarter of what a command takes to begin is spent on compiling; Node keeps that where it keeps its own.
  const { enableCompileCache } = await import("node:module")
  enableCompileCache()
  // Whatever is written first overwrites this line.
  const { isAnimated } = await import("./stream.ts")
  if (!args.some(isSilent) && isAnimated(process.stderr, process.env))
    process.stderr.write("scaler-ts: starting …")
  const { leaveWhenUnread } = await import("./unread.ts")
  leaveWhenUnread()
  const { run } = await import("./command.ts")
  return run(args)
}

/** A result that cannot be written, on a full disk, must not look like one that is. */
const failUnwritten = (error: NodeJS.ErrnoException): void => {
  // A reader that has left (`| head -1`) is no failure of ours; unread.ts sees to what then ends.
  if (error.code === "EPIPE") return
  process.stderr.write(
    `scaler-ts: What is printed cannot be written: ${error.message}. Make room, or write it elsewhere.\n`,
  )
  process.exit(exitCodes.failure)
}
process.stdout.on("error", failUnwritten)
process.stderr.on("error", () => {}) // There is nowhere to say so.

const code = await main(process.argv.slice(2))
// Not left to the event loop: a task module may have started a timer when it was imported.
process.stdout.write("", (error) => {
  if (error) failUnwritten(error)
  process.exit(code)
})
