/** What is written to this command's stdin. */
import { createInterface } from "node:readline"
import { CommandError } from "./CommandError.ts"

/** Its lines as they come, but for empty ones, until the signal aborts. Throws where a person would have to type them unawares. */
export async function* stdinLines(
  what: string,
  signal?: AbortSignal,
): AsyncGenerator<string, void, undefined> {
  if (process.stdin.isTTY) {
    throw new CommandError(`- reads ${what} from stdin, which is a terminal; pipe them in.`)
  }
  const lines = createInterface({
    input: process.stdin,
    crlfDelay: Infinity,
    ...(signal === undefined ? {} : { signal }),
  })
  try {
    for await (const line of lines) if (line.trim() !== "") yield line
  } finally {
    lines.close()
    process.stdin.destroy()
  }
}

/** Asks a question on the terminal. */
export const isConfirmed = async (question: string): Promise<boolean> => {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    const answer = await new Promise<string>((resolve) => {
      terminal.on("close", () => resolve(""))
      terminal.question(`${question} [y/N] `, resolve)
    })
    return /^y(es)?$/i.test(answer.trim())
  } finally {
    terminal.close()
  }
}
