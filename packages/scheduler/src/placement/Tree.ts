/**
 * Who of many has the most, kept at a cost that hardly grows with their number.
 *
 * A tournament: of `n` seats, a power of two, the one with index `i` is at place `n + i`, and each place below `n`
 * has the larger value of the two at twice its number.
 */
export type Tree = Float64Array

/** Less than anybody has. */
export const nothing = -1

/** For one seat. */
export const planted = (): Tree => new Float64Array(2).fill(nothing)

/** For twice as many seats as before; those that are new have nothing. */
export const grown = (tree: Tree): Tree => {
  const count = tree.length
  const next = new Float64Array(2 * count).fill(nothing)
  next.set(tree.subarray(count / 2), count)
  for (let place = count - 1; place > 0; place--) next[place] = larger(next, place)
  return next
}

export const write = (tree: Tree, place: number, value: number): void => {
  tree[place] = value
  for (let above = place >> 1; above > 0; above >>= 1) {
    const best = larger(tree, above)
    if (tree[above] === best) return
    tree[above] = best
  }
}

export const at = (tree: Tree, place: number): number => tree[place] ?? nothing

/** The place below this one that has the most, the first of equals. */
export const better = (tree: Tree, place: number): number =>
  at(tree, 2 * place) >= at(tree, 2 * place + 1) ? 2 * place : 2 * place + 1

const larger = (tree: Tree, place: number): number =>
  Math.max(at(tree, 2 * place), at(tree, 2 * place + 1))
