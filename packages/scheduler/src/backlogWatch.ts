/** Looks whether more waits for a client than may. */
import type { Loop } from "@scaler-ts/runtime"
import { isBehindNow, type Peer } from "./Peer.ts"
import type { Settings } from "./SchedulerOptions.ts"

/** `changed`: too much waits for a peer from now on, or it has taken half of it. */
export const backlogWatch =
  (
    { defer }: Pick<Loop.Loop, "defer">,
    settings: Settings,
    changed: (peer: Peer) => void,
  ): ((peer: Peer) => void) =>
  (peer) => {
    if (peer.isWatched || isBehindNow(peer, settings) === peer.isBehind) return
    peer.isWatched = true
    // Later: what was sent in this turn may all have been handed over by then.
    defer(() => {
      peer.isWatched = false
      const isBehind = isBehindNow(peer, settings)
      if (isBehind === peer.isBehind) return
      peer.isBehind = isBehind
      changed(peer)
    })
  }
