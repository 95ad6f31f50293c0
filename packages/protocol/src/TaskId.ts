/** A task's public name, under which people and operators speak of it. */
import type { TaskNumber } from "./Ids.ts"

/** Whose task it is, and which of them. */
export interface TaskRef {
  readonly session: string
  readonly task: TaskNumber
}

/** The public name of a client's task: its client knows it without asking, and no other task has it. */
export const format = (session: string, task: TaskNumber): string => `${session}.${task}`

/** No session's name is longer than 1,000 characters, and no number than 16. */
const lengthMax = 1_017

/** What a public name says; `undefined` for what is none. A session's name may have dots. */
export const parse = (id: string): TaskRef | undefined => {
  if (id.length > lengthMax) return undefined
  const [, session, digits] = /^(.+)\.([1-9]\d*)$/su.exec(id) ?? []
  const task = Number(digits)
  return session !== undefined && Number.isSafeInteger(task) ? { session, task } : undefined
}
