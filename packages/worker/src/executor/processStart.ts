/** How a process of a pool is started, and what it is told by that. */
import type { Limits } from "@scaler-ts/protocol"
import { type ChildProcess, spawn } from "node:child_process"
import type { Readable, Writable } from "node:stream"
import type { ProcessSettings } from "./processHandle.ts"
import { makeMark } from "./processMark.ts"
import type { ProcessOutputSettings } from "./processOutput.ts"

/** What the entry of a process reads from its command line. */
export interface ProcessData {
  readonly limits: Limits
  /** What it writes between what is printed (`processMark.ts`), in hexadecimal digits. */
  readonly mark: string
  /** Whether it says with each end how much memory it uses. */
  readonly tellsMemory: boolean
}

export interface Started {
  readonly child: ChildProcess
  /** What it reads. */
  readonly input: Writable
  /** What it says, and what is printed by it and all that it starts. */
  readonly said: Pick<ProcessOutputSettings, "frames" | "printed" | "mark">
  /** What it reads while it waits for what it says to be taken. */
  readonly credit: Writable
}

export const startProcess = (settings: ProcessSettings): Started => {
  const mark = makeMark()
  // Detached is to lead a group of its own: everything it starts is in it, unless it asks not to be.
  const child = spawn(process.execPath, argumentsOf(settings, mark), {
    detached: true,
    stdio: ["ignore", "pipe", "pipe", "pipe", "pipe", "pipe"],
  })
  const pipes: ReadonlyArray<Readable | Writable | null | undefined> = child.stdio
  const [, stdout, stderr, input, frames, credit] = pipes
  // All are pipes, as asked for above.
  return {
    child,
    input: input as Writable,
    said: {
      frames: frames as Readable,
      printed: { stdout: stdout as Readable, stderr: stderr as Readable },
      mark,
    },
    credit: credit as Writable,
  }
}

/** The command line, behind the name of the program. */
const argumentsOf = (settings: ProcessSettings, mark: Buffer): ReadonlyArray<string> => {
  const { memoryMaxMb, recycle, limits, entry } = settings
  const tellsMemory = Number.isFinite(recycle.memoryMb)
  const data: ProcessData = { limits, mark: mark.toString("hex"), tellsMemory }
  return [
    ...inherited(),
    "--title=scaler-ts task process",
    ...(memoryMaxMb === undefined ? [] : [`--max-old-space-size=${memoryMaxMb}`]),
    entry.pathname,
    JSON.stringify(data),
  ]
}

/**
 * Conditions and loaders are the worker's. Its program is not, if it stands there itself; and a
 * debugger has one port.
 */
const inherited = (): ReadonlyArray<string> => {
  const kept: Array<string> = []
  for (let i = 0; i < process.execArgv.length; i++) {
    const flag = process.execArgv[i] ?? ""
    if (/^(-e|-p|-pe|--eval|--print)$/.test(flag)) i++
    else if (!/^--(inspect|watch|test|check|interactive)/.test(flag)) kept.push(flag)
  }
  return kept
}
