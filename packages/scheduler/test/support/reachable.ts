/** How many objects with a property of that name can be reached from `root`, through whatever holds them. */
export const reachable = (root: object, property: string): number => {
  const seen = new Set<object>([root])
  let found = 0
  for (const holder of seen) {
    if (Object.hasOwn(holder, property)) found++
    const held: Array<unknown> = Object.values(holder)
    if (holder instanceof Map) for (const [key, value] of holder) held.push(key, value)
    if (holder instanceof Set) held.push(...holder)
    for (const value of held) if (typeof value === "object" && value !== null) seen.add(value)
  }
  return found
}
