export {
  type AttachOptions,
  Client,
  type ClientOptions,
  type Disconnected,
  type MapOptions,
  type SubmitOptions,
  type WithinOptions,
} from "./Client.ts"
export * as Future from "./Future.ts"
export type { ClientObserver } from "./Observer.ts"
export * from "./vocabulary.ts"
