/** Whether what a client was told of a task of a storm agrees with what that task wrote. */
import type { Receipt } from "@scaler-ts/future"
import { hasBegun } from "./stormLog.ts"

/** Whether a task stops when it is asked to, or ends before anybody could ask. */
export type Manner = "cooperative" | "deaf"

export interface Told {
  readonly id: number
  readonly manner: Manner
  /** The receipt, if it was cancelled. */
  readonly receipt: Receipt<number> | undefined
  /** What it was said to have returned, by the receipt or by its future. */
  readonly value: number | undefined
}

/** What a task had written when its client was told, and what it wrote afterwards. */
export interface Written {
  readonly before: ReadonlyArray<string>
  readonly after: ReadonlyArray<string>
}

/** In one word, which the tally of a storm counts. */
export type Word =
  | "never sent"
  | "withdrawn"
  | "cooperative"
  | "killed"
  | "finished"
  | "too late"
  | "left alone"
  | "wrong"

export const wordOf = ({ receipt }: Told): Word => {
  switch (receipt?._tag) {
    case undefined:
      return "left alone"
    case "Stopped":
      if (receipt.how === "unknown") return "wrong"
      if (receipt.how !== "never-started") return receipt.how
      return receipt.worker === "" ? "never sent" : "withdrawn"
    case "Finished":
      return "finished"
    case "AlreadyDone":
      return "too late"
    default:
      // Nothing is lost in a storm, nobody refuses, and nobody is kept waiting for so long.
      return "wrong"
  }
}

/** What is wrong with what was told of a task; `undefined` if it is true. */
export const lieOf = (told: Told, written: Written): string | undefined => {
  const { before, after } = written
  const all = [...before, ...after]
  if (after.length > 0) return "it wrote after its client was told of its end"
  if (all.filter(hasBegun).length > 1) return "it began twice"
  if (all.length > 0 && !hasBegun(all[0] ?? "")) return "it did something before it began"
  return lieOfWord(told, all)
}

const lieOfWord = (told: Told, all: ReadonlyArray<string>): string | undefined => {
  const hasFinished = all.at(-1) === "finished"
  switch (wordOf(told)) {
    case "never sent":
    case "withdrawn":
      return all.length > 0 ? "it has begun" : undefined
    case "cooperative":
      if (told.manner === "deaf" && all.length > 0) return "it does not stop when it is asked to"
      if (hasFinished) return "it had finished"
      return all.at(-1) === "clearing" ? "it had not cleared up" : undefined
    case "killed":
      if (told.manner === "cooperative") return "it would have stopped by itself"
      // Between its last mark and its end nobody can tell whether the end came first.
      return undefined
    case "finished":
    case "left alone":
    case "too late":
      if (told.value !== told.id) return "what it returned is not there"
      return hasFinished ? undefined : "it had not finished"
    case "wrong":
      return "nothing of the kind can have happened"
  }
}
