import {
  type ClientSession,
  clientOverWire,
  makeLimits,
  schedulerPeer,
  type Transport,
} from "@scaler-ts/protocol"
import type { Loop } from "@scaler-ts/runtime"
import type { ClientOptions } from "../Client.ts"

/** What holds for a client over a transport: where its session may be resumed, another scheduler may answer, too. */
export const overTransport = (options: ClientOptions): ClientOptions => ({
  onSchedulerLost: options.resumeMs === 0 ? "fail" : "resubmit",
  ...options,
})

/** The session of a client over a transport. Throws for limits and times nobody can mean. */
export const sessionOver = (
  transport: Transport,
  loop: Loop.Loop,
  options: ClientOptions,
): ClientSession => {
  const { scheduler = schedulerPeer, limits, ...times } = options
  return clientOverWire(transport, loop, scheduler, { ...times, limits: makeLimits(limits) })
}
