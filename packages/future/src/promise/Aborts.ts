/** Whose signal cancels which futures. */
import type { Abort, FutureEntry } from "../internal/FutureEntry.ts"

interface Group {
  readonly members: Map<FutureEntry, Abort>
  readonly onAbort: () => void
}

/**
 * One listener per signal, however many futures share it: to take one of many listeners off a
 * signal costs as much as there are.
 */
export class Aborts {
  private readonly groups = new Map<AbortSignal, Group>()

  /**
   * Makes a future whose task an abort of the signal cancels from now on.
   *
   * Listens first: where that throws, nothing has been made.
   */
  join<F extends FutureEntry>(abort: Abort, make: () => F): F {
    const { members } = this.groups.get(abort.signal) ?? this.listen(abort.signal)
    try {
      const future = make()
      members.set(future, abort)
      return future
    } finally {
      this.leaveIfEmpty(abort.signal)
    }
  }

  /** The signal has nothing to do with the future any more. Nothing is left on it after the last. */
  remove(future: FutureEntry, { signal }: Abort): void {
    this.groups.get(signal)?.members.delete(future)
    this.leaveIfEmpty(signal)
  }

  private leaveIfEmpty(signal: AbortSignal): void {
    const group = this.groups.get(signal)
    if (group === undefined || group.members.size > 0) return
    this.groups.delete(signal)
    signal.removeEventListener("abort", group.onAbort)
  }

  private listen(signal: AbortSignal): Group {
    const members = new Map<FutureEntry, Abort>()
    const onAbort = (): void => {
      for (const [future, abort] of members) cancel(future, abort)
    }
    const group = { members, onAbort }
    signal.addEventListener("abort", onAbort)
    this.groups.set(signal, group)
    return group
  }
}

const cancel = (future: FutureEntry, abort: Abort): void => {
  const { end, machine, table } = future
  if (end !== undefined) return
  abort.isCause = machine._tag !== "cancelling"
  table.ask(future, (receipt) => abort.onReceipt?.(receipt), table.boundMs)
}
