import {
  type ClientSession,
  clientOverWire,
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
  { scheduler = schedulerPeer, limits, resumeMs = resumeMsDefault }: ClientOptions,
): ClientSession =>
  clientOverWire(transport, loop, scheduler, {
    limits: makeLimits(limits),
    resumeMs: Checked.milliseconds("resumeMs", resumeMs),
  })
