/** `scaler-ts replay`: runs the tests so that a race takes one order again, the one a token stands for. */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { CommandError, type ExitCode, exitCodes } from "../CommandError.ts"
import type { Invocation } from "../invocation.ts"

export const replay = async (
  token: string,
  files: ReadonlyArray<string>,
  { cwd, out }: Invocation,
): Promise<ExitCode> => {
  if (!token.startsWith("st2-")) {
    throw new CommandError(
      `${JSON.stringify(token)} is no token; a race that fails prints one, which begins with st2-.`,
    )
  }
  const vitest = vitestIn(cwd)
  out.clear()
  const folder = mkdtempSync(join(tmpdir(), "scaler-ts-replay-"))
  try {
    const report = join(folder, "report.json")
    const args = [
      "run",
      ...files,
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${report}`,
    ]
    const child = spawn(process.execPath, [vitest, ...args], {
      cwd,
      env: { ...process.env, SCALER_REPLAY: token },
      // What the tests say is about them, and not the result.
      stdio: ["ignore", out.json ? 2 : "inherit", "inherit"],
    })
    const [code] = (await once(child, "close")) as [number | null]
    const { failed, passed } = countsOf(report)
    out.record("replayed", { token, passed, failed })
    if (passed + failed > 0) return code === 0 ? exitCodes.success : exitCodes.failure
    if (code !== 0) return exitCodes.failure
    out.warn(
      "No race was replayed: none of these tests has that order. " +
        "Name the file that printed the token, and look whether its race has changed since.",
    )
    return exitCodes.notFound
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const vitestIn = (cwd: string): string => {
  try {
    const manifest = createRequire(join(cwd, "package.json")).resolve("vitest/package.json")
    return join(dirname(manifest), "vitest.mjs")
  } catch {
    throw new CommandError(
      `There is no vitest in ${cwd}, where a race runs; go to the folder of the tests, or run "npm install --save-dev vitest".`,
      exitCodes.failure,
    )
  }
}

const countsOf = (report: string): { readonly passed: number; readonly failed: number } => {
  try {
    const { numFailedTests, numPassedTests } = JSON.parse(readFileSync(report, "utf8"))
    return { passed: numPassedTests, failed: numFailedTests }
  } catch {
    return { passed: 0, failed: 0 } // The runner has said why it wrote none.
  }
}
