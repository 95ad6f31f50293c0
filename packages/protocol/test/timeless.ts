import type { Defer, SessionLoop } from "@scaler-ts/protocol"

/** A loop in which no time passes. */
export const timeless = (defer: Defer): SessionLoop => {
  const never = (): (() => void) => () => {}
  return { defer, after: never, afterInBackground: never, nowMs: () => 0, random: () => 0 }
}
