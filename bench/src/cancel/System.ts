/** What the table compares: systems that run functions elsewhere and can be asked to cancel them. */
import { readFileSync } from "node:fs"
import type { Input, Name } from "./functions.ts"

/** What the one who cancelled is told. */
export interface Told {
  /** In the system's own words: an error's name, a value, a receipt. */
  readonly said: string
  /**
   * What that claims. `cancelled`: the task has been stopped, or was never started. `ended`: it ended
   * by itself, and here is how. `unknown`: nothing is claimed.
   */
  readonly claim: "cancelled" | "ended" | "unknown"
}

export interface Submitted {
  /** Cancels as the documentation of the system says, and resolves when the caller is told. */
  readonly cancel: () => Told | Promise<Told>
}

/** A system with one place to run: the second task waits for the first. */
export interface Running {
  /** `attemptsMax` is 1 unless the system `triesAgain`. */
  readonly submit: (name: Name, input: Input, attemptsMax: number) => Submitted | Promise<Submitted>
  /** Ends everything that was started. */
  readonly stop: () => Promise<void>
}

export interface System {
  readonly name: string
  /** Whether it has an option that lets it run a task more than once. */
  readonly triesAgain: boolean
  /** Rejects with `Missing` when the machine lacks what it needs. */
  readonly start: () => Promise<Running>
}

/** Says what is missing and how to get it. */
export class Missing extends Error {
  override readonly name = "Missing"
}

/** How long a function that was asked to stop may go on, in systems that kill it afterwards. */
export const graceMs = 250

/**
 * What somebody is told who waits for the value. None of the functions fails by itself, so an error
 * says that it was cancelled, whatever its name.
 */
export const toldBy = (value: PromiseLike<unknown>): Promise<Told> =>
  Promise.resolve(value).then(
    (value): Told => ({ said: JSON.stringify(value), claim: "ended" }),
    (error: Error): Told => ({ said: error.name, claim: "cancelled" }),
  )

const manifest: { readonly [group: string]: Readonly<Record<string, string>> } = JSON.parse(
  readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
)

/** A package by its name and the version that is measured. */
export const withVersion = (name: string): string =>
  `${name} ${manifest["devDependencies"]?.[name] ?? manifest["dependencies"]?.[name] ?? ""}`
