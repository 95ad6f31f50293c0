/** Runs a command line in this process: for those that are over at once, one after another. */
import { vi } from "vitest"
import { run } from "../src/command.ts"
import type { Finished } from "./support.ts"

export const said = async (args: ReadonlyArray<string>): Promise<Finished> => {
  const [stdout, stderr] = [process.stdout, process.stderr].map(caught)
  try {
    const code = await run(args)
    return { code, stdout: stdout?.texts.join("") ?? "", stderr: stderr?.texts.join("") ?? "" }
  } finally {
    stdout?.spy.mockRestore()
    stderr?.spy.mockRestore()
  }
}

const caught = (stream: NodeJS.WriteStream) => {
  const texts: Array<string> = []
  const spy = vi.spyOn(stream, "write").mockImplementation((text) => texts.push(String(text)) > 0)
  return { texts, spy }
}
