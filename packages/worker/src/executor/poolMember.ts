/** What runs attempts for a pool, such as a thread or a process: what the pool asks of each, and hears of it. */
import type { Message } from "@scaler-ts/protocol"
import type { PoolEntry, PoolLine } from "./poolLine.ts"

/**
 * A queue that a member works through in order.
 *
 * The first entry of `queue` is the one that has the member's slot, as far as the pool knows;
 * results still on their way may mean that the member is further than that. Only `isClaimed` knows
 * what has started.
 */
export interface PoolMember {
  readonly queue: PoolLine
  /** Whether it has come up and can run something at once. Written by the pool. */
  isUp: boolean
  /** Whether it is being ended, so that nothing may be given to it any more. */
  readonly isEnding: boolean
  /** Whether only the running attempt may be in it, because that one takes long. Written by the pool. */
  isHeld: boolean
  /** Whether it has run anything, so that its death is no failure to start. Written by the pool. */
  hasWorked: boolean
  /** How many attempts the whole pool had finished when the running one got the slot. Written by the pool. */
  finishedBefore: number
  /** Whether another attempt may be given to it. */
  readonly hasRoom: () => boolean
  /** Puts an attempt at the end of its queue. */
  readonly give: (entry: PoolEntry) => void
  /** Whether it has begun an attempt of its queue, even if only to load the module. */
  readonly isClaimed: (entry: PoolEntry) => boolean
  /** Sees to it that it never begins an attempt, which stays in its queue. `false`: it has. */
  readonly withdraw: (entry: PoolEntry) => boolean
  /** Takes out of its queue an attempt whose end it has told. */
  readonly finish: (entry: PoolEntry) => void
  /** Takes an entry out of its queue, for good or to put it elsewhere. */
  readonly remove: (entry: PoolEntry) => void
  /** Asks the function of an attempt it has begun to stop. */
  readonly abort: (entry: PoolEntry) => void
  /** Hands what has come about a child, in a frame, to an attempt that it runs. */
  readonly tellChild: (entry: PoolEntry, frame: Uint8Array) => void
  /** A line that it said has been taken, so it may say another. Called once for each. */
  readonly taken: (line: string, from: Message.OutputSource) => void
  /** Ends it, whatever it is doing. The listener hears `exited` once its end has been seen. */
  readonly terminate: () => void
  /** Lets the process go on without it, when it has not exited in time. */
  readonly leave: () => void
}

/** How an attempt ended by what its member has told of it. */
export interface MemberEnd {
  readonly kind: "returned" | "threw" | "stopped"
  readonly seq: number
  /** The encoded value or error. */
  readonly payload: Uint8Array
  readonly runMs: number
}

/** What a member tells its pool, always from a turn of its own. */
export interface PoolListener {
  readonly cameUp: (member: PoolMember) => void
  readonly ended: (member: PoolMember, end: MemberEnd) => void
  readonly progress: (member: PoolMember, seq: number, fraction: number) => void
  /** It has said a line, and waits at some bound until the pool has `taken` some. */
  readonly log: (member: PoolMember, seq: number, line: string, from: Message.OutputSource) => void
  /** Its attempt has said something about a child of it, in a frame. */
  readonly said: (member: PoolMember, seq: number, frame: Uint8Array) => void
  /** Its attempt begins to wait for children, or goes on. */
  readonly waits: (member: PoolMember, seq: number, isWaiting: boolean) => void
  /** It is gone, and everything it had said has been told. `reason` says how it ended. */
  readonly exited: (member: PoolMember, reason: string) => void
}

/** Takes an attempt back that its member has not begun. `false`: it has, and its function runs or has run. */
export const takeBack = (member: PoolMember, entry: PoolEntry): boolean => {
  if (!member.withdraw(entry)) return false
  member.remove(entry)
  return true
}

/** Whether it has begun an attempt that came after another. */
export const claimedBehind = (member: PoolMember, entry: PoolEntry): boolean => {
  for (let later = entry.next; later !== undefined; later = later.next) {
    if (member.isClaimed(later)) return true
  }
  return false
}

/** The attempt of that number in its queue. */
export const entryOf = ({ queue }: PoolMember, seq: number): PoolEntry | undefined => {
  for (let entry = queue.first; entry !== undefined; entry = entry.next) {
    if (entry.seq === seq) return entry
  }
  return undefined
}

/** What the members of a pool are: for the sentences in which it speaks of one. */
export type MemberKind = "thread" | "process"

/** What an attempt is stopped with whose function has not been called. */
export const beforeItBegan = (task: string): Error =>
  new Error(`task "${task}" was stopped before its function began`)
