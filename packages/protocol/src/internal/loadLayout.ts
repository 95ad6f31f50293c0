/** The positional layout of what a worker uses: the last fields of a message, or none. */
import type { WorkerLoad } from "../WorkerMessages.ts"
import type { Fields } from "./fields.ts"

export const loadFields = ({ cpu, memoryBytes }: Partial<WorkerLoad>): ReadonlyArray<number> =>
  cpu === undefined || memoryBytes === undefined ? [] : [cpu, memoryBytes]

/** `from`: where they stand, if they are there. */
export const readLoad = (f: Fields, from: number): Partial<WorkerLoad> =>
  f.endAfter(from - 1)
    ? {}
    : { cpu: f.quantity(from, "cpu"), memoryBytes: f.natural(from + 1, "memoryBytes") }
