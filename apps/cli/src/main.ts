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
const isSilent = (arg: string): boolean => /^(--help|-h|--version|-v|--quiet)$/.test(arg)

const main = async (args: ReadonlyArray<string>): Promise<number> => {
  if (args.length === 1 && (args[0] === "--version" || args[0] === "-v")) {
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
  const { isAnimated } = await import("./terminal.ts")
  if (!args.some(isSilent) && isAnimated(process.stderr, process.env))
    process.stderr.write("scaler-ts: starting …")
  const { run } = await import("./command.ts")
  return run(args)
}

// A reader that has left (`| head -1`) is no failure of ours; `map` also ends its run then.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error
  })
}

const code = await main(process.argv.slice(2))
// Not left to the event loop: a task module may have started a timer when it was imported.
process.stdout.write("", () => process.exit(code))
