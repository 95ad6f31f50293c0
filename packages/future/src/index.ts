export {
  Client,
  type ClientOptions,
  type Disconnected,
  type MapOptions,
  type SubmitOptions,
} from "./Client.ts"
export * as Future from "./Future.ts"
export {
  ClientClosed,
  ConnectionLost,
  type FutureError,
  InputRefused,
  type SubmitError,
  TaskCancelled,
  TaskFailed,
  TaskLost,
  type TaskRef,
  TaskTimedOut,
} from "./FutureError.ts"
export type { ClientStatus } from "./internal/FutureTable.ts"
export type { ItemOutcome, Outcome } from "./Outcome.ts"
export type { Receipt, StoppedHow } from "./Receipt.ts"
export { ConnectionFailed } from "@scaler-ts/runtime"
