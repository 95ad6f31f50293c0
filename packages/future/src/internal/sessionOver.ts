import {
  type ClientSession,
  clientOverWire,
  makeLimits,
  schedulerPeer,
  type Transport,
} from "@scaler-ts/protocol"
import type { Loop } from "@scaler-ts/runtime"
import type { ClientOptions } from "../Client.ts"

/** The session of a client over a transport. Throws for limits nobody can mean. */
export const sessionOver = (
  transport: Transport,
  loop: Loop.Loop,
  { scheduler = schedulerPeer, limits }: ClientOptions,
): ClientSession => clientOverWire(transport, loop.defer, scheduler, makeLimits(limits))
