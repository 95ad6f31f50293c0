import type { Tasks } from "@scaler-ts/protocol/tasks"

export declare const tasks: Tasks<{
  addOne: (x: number) => number
  spin: (ms: number) => number
  hold: (_: void) => Promise<void>
}>
