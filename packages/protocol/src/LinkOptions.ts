/** What a link may be told: what it keeps, what it takes, and what it is to call. */
import type { Limits } from "./Limits.ts"
import type { Message } from "./Message.ts"

export interface LinkOptions<Out, In = Message> {
  /** May leave out messages that those after them in the same frame make futile. */
  readonly compact?: (messages: Array<Out>) => Array<Out>
  /** What is taken from the peer. The default ones unless told otherwise. */
  readonly limits?: Limits
  /**
   * Whether the link outlives its connection: then it keeps what has not been acknowledged. It does
   * not unless told otherwise.
   */
  readonly resumes?: boolean
  /** Whether `backlog` is asked for, although the link does not resume. */
  readonly isMeasured?: boolean
  /** Whether a peer that is connected may take as long as it likes: what is sent is our own program's. */
  readonly isPatient?: boolean
  /**
   * Called once, on a turn of its own, when more has to be kept than `limits` allow for a peer that is
   * away or never acknowledges; then the link has ended.
   */
  readonly overflowed?: () => void
  /** Called when a peer says hello again, to go on in a new connection. Where it is given, nothing else begins one. */
  readonly cameBack?: (hello: In, frame: Uint8Array) => void
}
