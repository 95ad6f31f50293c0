export * as ZmqTransport from "./ZmqTransport.ts"
export { BindFailed } from "./BindFailed.ts"
export type { Bound } from "./ZmqTransport.ts"
export type { BindOptions, ConnectOptions, ZmqOptions } from "./ZmqOptions.ts"
