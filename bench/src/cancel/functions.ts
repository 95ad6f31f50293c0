/** The functions that are cancelled, the same for every system. Each leaves evidence for as long as it runs. */
import { execFileSync, spawn } from "node:child_process"
import { once } from "node:events"
import process from "node:process"
import { setTimeout } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { leave, nowMs } from "./evidence.ts"

export interface Input {
  /** Where the evidence is left. */
  readonly file: string
  /** How long the function takes when nobody stops it. */
  readonly ms: number
}

const everyMs = 2
const cleanUpMs = 100

const program = fileURLToPath(new URL("./workers/child.ts", import.meta.url))

const end = (file: string): string => {
  leave(file, "returned")
  return "value"
}

/** Keeps the processor busy, and looks at nothing. */
export const spin = ({ file, ms }: Input): string => {
  leave(file, "began")
  const until = nowMs() + ms
  for (let next = 0, now = 0; now < until; now = nowMs()) {
    if (now < next) continue
    leave(file, "alive")
    next = now + everyMs
  }
  return end(file)
}

/** Waits, and does not listen. */
export const idle = async ({ file, ms }: Input): Promise<string> => {
  leave(file, "began")
  const alive = setInterval(() => leave(file, "alive"), everyMs)
  await setTimeout(ms)
  clearInterval(alive)
  return end(file)
}

/** Blocks until a process that it starts has written. */
export const blockOnChild = ({ file, ms }: Input): string => {
  leave(file, "began")
  execFileSync(process.execPath, [program, file, String(ms)])
  return end(file)
}

/** Starts a process that writes, and waits for it. */
export const awaitChild = async ({ file, ms }: Input): Promise<string> => {
  leave(file, "began")
  await once(spawn(process.execPath, [program, file, String(ms)], { stdio: "ignore" }), "exit")
  return end(file)
}

/** Works until it is asked to stop, and then takes its time to put things in order. */
export const cleanUp = async ({ file, ms }: Input, signal: AbortSignal): Promise<string> => {
  leave(file, "began")
  const alive = setInterval(() => leave(file, "alive"), everyMs)
  try {
    await setTimeout(ms, undefined, { signal })
    return end(file)
  } catch (stopped) {
    await setTimeout(cleanUpMs)
    leave(file, "alive")
    throw stopped
  } finally {
    clearInterval(alive)
  }
}

const functions = { spin, idle, blockOnChild, awaitChild, cleanUp }
export type Name = keyof typeof functions
export const names = Object.keys(functions) as ReadonlyArray<Name>

/** Calls one of them. Who has no way to tell it of a cancel passes no signal. */
export const call = (
  name: Name,
  input: Input,
  signal: AbortSignal = new AbortController().signal,
): string | Promise<string> => functions[name](input, signal)
