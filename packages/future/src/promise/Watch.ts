/** What the promise face keeps of a client's futures beside their table entries. */
import type { FutureTable } from "../internal/FutureTable.ts"
import { Aborts } from "./Aborts.ts"
import { Unseen } from "./Unseen.ts"

export interface Watch {
  readonly aborts: Aborts
  readonly unseen: Unseen
}

const watches = new WeakMap<FutureTable, Watch>()

export const watchOf = (table: FutureTable): Watch => {
  const known = watches.get(table)
  if (known !== undefined) return known
  const made = { aborts: new Aborts(), unseen: new Unseen(table.loop) }
  watches.set(table, made)
  return made
}
