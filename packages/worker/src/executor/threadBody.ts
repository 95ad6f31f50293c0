/** What a thread is to whoever starts it: the same for the threads of Node and for Web Workers. */
import type { FromThread, ThreadShare, ToThread } from "./threadMessage.ts"

export interface ThreadBody {
  readonly post: (message: ToThread, moved: ReadonlyArray<ArrayBuffer>) => void
  /** Has it keep the process alive, or not; it does not to begin with. */
  readonly ref: () => void
  readonly unref: () => void
  /** Ends it, whatever it is doing. */
  readonly terminate: () => void
}

export interface ThreadBodyListener {
  readonly message: (message: FromThread) => void
  /**
   * It has been seen to be gone, and every message it had posted has been delivered. `exit` says how it
   * ended unless it was terminated, and `died` of which uncaught error, if it was one.
   */
  readonly exited: (exit: string, died: string | undefined) => void
}

/** Starts a thread with what both sides share; throws if it cannot. */
export type StartThread = (share: ThreadShare, listener: ThreadBodyListener) => ThreadBody
