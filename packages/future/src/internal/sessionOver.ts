import {
  type ClientSession,
  clientOverWire,
  Liveness,
  makeLimits,
  resumeMsDefault,
  schedulerPeer,
  type Transport,
} from "@scaler-ts/protocol"
import { Checked, type Loop } from "@scaler-ts/runtime"
import type { ClientOptions } from "../Client.ts"

/** The session of a client over a transport. Throws for limits and times nobody can mean. */
export const sessionOver = (
  transport: Transport,
  loop: Loop.Loop,
  options: ClientOptions,
): ClientSession => {
  const { scheduler = schedulerPeer, limits, resumeMs = resumeMsDefault } = options
  const { silenceMs = Liveness.silenceMsDefault } = options
  return clientOverWire(transport, loop, scheduler, {
    limits: makeLimits(limits),
    resumeMs: Checked.milliseconds("resumeMs", resumeMs),
    silenceMs: Checked.milliseconds("silenceMs", silenceMs),
  })
}
