import type { Tasks } from "@scaler-ts/protocol/tasks"

export declare const tasks: Tasks<{
  addOne: (x: number) => number
  spin: (ms: number) => number
  memory: () => { readonly mib: number; readonly ownMib: number }
  echo: (bytes: Uint8Array) => Uint8Array
  hold: (_: void) => Promise<void>
}>
