/**
 * What a client may have unfinished at its scheduler: how many tasks, and how many bytes of their inputs.
 *
 * The scheduler gives credit and counts it again as it is spent, so that neither has to trust the other.
 */

export interface Amount {
  readonly tasks: number
  readonly bytes: number
}

/**
 * Whether one more task may be sent. Its input may be longer than what is left: otherwise one that is longer
 * than all that a client is ever given would wait for ever.
 */
export const maySpend = ({ tasks, bytes }: Amount): boolean => tasks > 0 && bytes > 0

/** What is left when a task with an input of so many bytes has been sent. */
export const spent = ({ tasks, bytes }: Amount, inputBytes: number): Amount => ({
  tasks: tasks - 1,
  bytes: bytes - inputBytes,
})

export const plus = (one: Amount, other: Amount): Amount => ({
  tasks: one.tasks + other.tasks,
  bytes: one.bytes + other.bytes,
})
