/** How time passes for the nodes of a world: alike for all, but for clocks that run fast. */
import type { Weather } from "./Weather.ts"
import type { Happening, WorldNode } from "./WorldNode.ts"

/**
 * The next timers by the time they are set for: several only when they are set for the same time.
 * `withBackground`: those that only look whether somebody is there, too.
 */
export const dueTimers = (
  nodes: ReadonlyArray<WorldNode>,
  withBackground: boolean,
): ReadonlyArray<Happening> => {
  const timers = nodes.flatMap((node) => {
    const timer = node.frozen ? undefined : node.firstTimer(withBackground)
    return timer === undefined ? [] : [{ fire: timer.fire, dueMs: node.trueMs(timer.atMs) }]
  })
  const first = Math.min(...timers.map(({ dueMs }) => dueMs))
  return timers.filter(({ dueMs }) => dueMs === first).map(({ fire }) => fire)
}

/** Whether somebody may be silent who has not left: only then does it matter that others look, and they might for ever. */
export const isTroubled = (nodes: ReadonlyArray<WorldNode>, { partitions }: Weather): boolean =>
  partitions.length > 0 || nodes.some(({ frozen }) => frozen)

/** Lets time pass for everybody until the clock of one node shows so much. */
export const pass = (nodes: ReadonlyArray<WorldNode>, node: WorldNode, atMs: number): void => {
  const trueMs = node.trueMs(atMs)
  for (const every of nodes) every.nowMs = Math.max(every.nowMs, every.ownMs(trueMs))
  node.nowMs = Math.max(node.nowMs, atMs)
}
