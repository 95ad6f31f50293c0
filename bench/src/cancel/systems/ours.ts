/** scaler-ts, embedded, with the executors that can stop what does not listen. */
import type { Receipt } from "@scaler-ts/future"
import * as Local from "@scaler-ts/local"
import { graceMs, type Running, type System, type Told } from "../System.ts"
import { tasks } from "../workers/scaler.ts"

export const executors = ["thread", "process"] as const

export const startOurs = async (
  executor: (typeof executors)[number],
  graceMs: number,
): Promise<Running> => {
  const cluster = await Local.start({ tasks, executor, slots: 1, graceMs })
  return {
    submit: (name, input, attemptsMax) => {
      const future = cluster.submit(tasks[name], input, { attemptsMax })
      return { cancel: async () => told(await future.cancel()) }
    },
    stop: async () => void (await cluster.close()),
  }
}

const told = (receipt: Receipt<string>): Told => {
  switch (receipt._tag) {
    case "Stopped":
      return { said: `Stopped, ${receipt.how}`, claim: "cancelled" }
    case "Finished":
      return receipt.exit._tag === "Success"
        ? { said: `Finished, ${JSON.stringify(receipt.exit.value)}`, claim: "ended" }
        : { said: "Finished, failed", claim: "ended" }
    case "AlreadyDone":
      return { said: `AlreadyDone, ${receipt.outcome._tag}`, claim: "ended" }
    case "WorkerLost":
    case "NotFound":
    case "Refused":
    case "Unconfirmed":
      return { said: receipt._tag, claim: "unknown" }
  }
}

export const ours: ReadonlyArray<System> = executors.map((executor) => ({
  name: `scaler-ts, ${executor}`,
  triesAgain: true,
  start: () => startOurs(executor, graceMs),
}))
