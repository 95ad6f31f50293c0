export * as Checked from "./Checked.ts"
export * as Loop from "./Loop.ts"
export { BackgroundSleep, type Sleep, Transport } from "./Services.ts"
export { ConnectionFailed } from "./ConnectionFailed.ts"
