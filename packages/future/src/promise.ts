/**
 * The promise face: what `@scaler-ts/future` does, for programs that speak promises.
 *
 * The same client behind it, and the same receipts. There is no fiber per task.
 */
export { asCompleted, type Ended } from "./promise/asCompleted.ts"
export { clientWithin } from "./promise/clientWithin.ts"
export type { AttachOptions } from "./Client.ts"
export type { Client, MapOptions, SubmitOptions } from "./promise/Client.ts"
export { connect, type Connection, fromEffect } from "./promise/connect.ts"
export type { Future } from "./promise/Future.ts"
export { wait, type Waited } from "./promise/wait.ts"
export type { ClientOptions, Disconnected, WithinOptions } from "./Client.ts"
export type { CancelOptions, FutureState, WaitOptions } from "./Future.ts"
export * from "./vocabulary.ts"
