import assert from "node:assert/strict"
import { test } from "vitest"
import { ProtocolError, Wire } from "../src/index.ts"

test("a worker cannot have used less than nothing", () => {
  const frame = Wire.encode([{ _tag: "Heartbeat", cpu: -1, memoryBytes: 1 }], 1, 0)
  assert.throws(
    () => Wire.decode(frame, Wire.toScheduler),
    (error) => error instanceof ProtocolError && error.message.includes("cpu"),
  )
})
