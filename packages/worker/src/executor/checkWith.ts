/** Holds a value to a schema, which is somebody's code: it may throw, hang and say anything at all. */
import type { Schema } from "@scaler-ts/protocol/tasks"
import { isThenable } from "./isThenable.ts"

// As it was before any task could override it (G10).
const { Promise } = globalThis

/** What is held to a schema. */
interface Subject {
  readonly task: string
  readonly part: "input" | "output"
}

/** What came of it: what the schema made of the value, or why the task fails. */
export type CheckEnd =
  | { readonly _tag: "returned"; readonly value: unknown }
  | { readonly _tag: "threw"; readonly error: unknown }

/** What is wrong with a value, as the error of the task shows it. */
interface Issue {
  readonly message: string
  readonly path: ReadonlyArray<string | number>
}

/** More are not told: a long list checked item by item may have any number. */
const issuesMax = 20

/** Calls `done` once: before returning unless the schema answers by a promise. */
export const checkWith = (
  schema: Schema | undefined,
  subject: Subject,
  value: unknown,
  done: (end: CheckEnd) => void,
): void => {
  if (schema === undefined) return done({ _tag: "returned", value })
  let answer: unknown
  try {
    answer = schema["~standard"].validate(value)
    if (isThenable(answer)) {
      // Adopted by a promise of ours, it settles once and throws nothing at us (G10).
      new Promise((resolve) => resolve(answer)).then(
        (result) => done(read(subject, result)),
        (error: unknown) => done(broken(subject, error)),
      )
      return
    }
  } catch (error) {
    return done(broken(subject, error))
  }
  done(read(subject, answer))
}

const read = (subject: Subject, answer: unknown): CheckEnd => {
  try {
    if (typeof answer === "object" && answer !== null) {
      if ("issues" in answer && answer.issues) return refused(subject, answer.issues)
      if ("value" in answer) return { _tag: "returned", value: answer.value }
    }
  } catch (error) {
    return broken(subject, error)
  }
  return failed(subject, "answered with neither a value nor issues; is it a Standard Schema?")
}

const refused = (subject: Subject, issues: unknown): CheckEnd => {
  if (!Array.isArray(issues)) return failed(subject, "answered with issues that are no list")
  const { task, part } = subject
  const told = issues.slice(0, issuesMax).map(issueOf)
  const more = issues.length > told.length ? `; and ${issues.length - told.length} more` : ""
  const list = told.map(({ message, path }) => `${part}${path.map(shownStep).join("")}: ${message}`)
  const error = new TypeError(
    `the ${part} of task "${task}" is not what its schema asks for: ${list.join("; ")}${more}`,
  )
  const name = part === "input" ? "InvalidInput" : "InvalidOutput"
  return { _tag: "threw", error: Object.assign(error, { name, issues: told }) }
}

const issueOf = (issue: { readonly message?: unknown; readonly path?: unknown }): Issue => {
  const path: ReadonlyArray<unknown> = Array.isArray(issue.path) ? issue.path : []
  return { message: String(issue.message), path: path.map(stepOf) }
}

const stepOf = (step: unknown): string | number => {
  const key: unknown = typeof step === "object" && step !== null && "key" in step ? step.key : step
  return typeof key === "number" ? key : String(key)
}

const shownStep = (step: string | number): string =>
  typeof step === "number" ? `[${step}]` : `.${step}`

const broken = (subject: Subject, cause: unknown): CheckEnd => failed(subject, "threw", { cause })

const failed = (
  { task, part }: Subject,
  what: string,
  options?: { readonly cause: unknown },
): CheckEnd => ({
  _tag: "threw",
  error: new Error(`the ${part} schema of task "${task}" ${what}`, options),
})
