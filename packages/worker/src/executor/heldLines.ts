/**
 * Which lines of a pool's members count as taken: not those of an attempt whose output is held.
 *
 * A member that is too far ahead of what was taken waits (`ThreadFlow`, `ProcessFlow`, `ProcessOutput`). So an attempt is
 * held by not taking its lines, and goes on when they are taken after all, with the end of the attempt
 * at the latest: the next one in its member owes nothing.
 */
import type { Message } from "@scaler-ts/protocol"
import type { PoolMember } from "./poolMember.ts"

interface Untaken {
  readonly member: Pick<PoolMember, "taken">
  readonly line: string
  readonly from: Message.OutputSource
}

export class HeldLines {
  private readonly held = new Map<number, Array<Untaken>>()

  hold(key: number): void {
    if (!this.held.has(key)) this.held.set(key, [])
  }

  /** Takes what was not taken meanwhile. Does nothing for an attempt that is not held. */
  release(key: number): void {
    const untaken = this.held.get(key) ?? []
    this.held.delete(key)
    for (const { member, line, from } of untaken) member.taken(line, from)
  }

  /** A line has come, of the attempt of that key; `undefined` for one that has ended. */
  came(key: number | undefined, line: Untaken): void {
    const untaken = key === undefined ? undefined : this.held.get(key)
    if (untaken === undefined) line.member.taken(line.line, line.from)
    else untaken.push(line)
  }
}
