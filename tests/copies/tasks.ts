import { defineTasks } from "@scaler-ts/protocol/tasks"

export const tasks = defineTasks(import.meta.url, {
  invert: (bytes: Uint8Array) => bytes.map((byte) => 255 - byte),
  nothing: () => undefined,
})
