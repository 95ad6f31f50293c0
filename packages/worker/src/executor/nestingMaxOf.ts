import { Places } from "@scaler-ts/protocol"
import { Checked } from "@scaler-ts/runtime"

/** How deep tasks may be nested that have children of their own. Throws a `RangeError` for what nobody can mean. */
export const nestingMaxOf = (
  { nestingMax }: { readonly nestingMax?: number | undefined },
  otherwise: number,
): number => {
  const most = Checked.wholeFromZero("nestingMax", nestingMax ?? otherwise)
  if (most < Places.depthMax) return most
  throw new RangeError(`nestingMax is ${most}; give a whole number below ${Places.depthMax}`)
}

/** What it is for pools unless told otherwise: every level may cost a member for each slot. */
export const nestingMaxOfPools = 16
