/** How a client leaves its scheduler. */
import type { ClientSession } from "@scaler-ts/protocol"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { Disconnected } from "../Client.ts"
import { type FutureEntry, isUnconfirmed } from "./FutureEntry.ts"
import type { FutureTable } from "./FutureTable.ts"

/** Who leaves. */
interface Leaver {
  readonly table: FutureTable
  readonly session: ClientSession
  /** Done when the scheduler has echoed the goodbye. */
  readonly echoed: Deferred.Deferred<void>
}

/** How long the scheduler may take to echo a goodbye by which nothing is waited for any more. */
const echoMsMax = 1_000

/** Cancels everything, then leaves. Completes `done` when that is over, by the bound at the latest. */
export const leave = (
  { table, session, echoed }: Leaver,
  done: Deferred.Deferred<Disconnected>,
  boundMs: number,
): void => {
  const { line, loop } = table
  table.closing = true
  const endsAtMs = loop.nowMs() + boundMs
  const open: ReadonlyArray<FutureEntry> = [...table.futures.values()]
  // What has not left this client goes on nowhere, even if it is detached.
  for (const { number } of open) {
    if (line.isWaiting(number)) table.applyTo(number, { _tag: "CancelAsked" })
  }
  table.applyToAll({ _tag: "ClientClosed" }, boundMs)
  // One bound for all, also for cancels that were given a longer one before.
  const stopBound = loop.after(boundMs, () => table.applyToAll({ _tag: "BoundPassed" }, boundMs))
  table.onEmpty = () => {
    table.onEmpty = () => {}
    stopBound()
    // Forgotten ones may wait still.
    line.clear()
    loop.fork(
      Effect.gen(function* () {
        session.send({ _tag: "ClientDisconnect" })
        const leftMs = Math.max(0, endsAtMs - loop.nowMs()) // G8
        yield* Effect.timeoutOption(Deferred.await(echoed), Math.min(leftMs, echoMsMax))
        session.close()
        Deferred.doneUnsafe(done, Exit.succeed({ unconfirmed: open.filter(isUnconfirmed) }))
      }),
    )
  }
  if (table.futures.size === 0) table.onEmpty()
}
