export * as Scheduler from "./Scheduler.ts"
export type { Status } from "./entries.ts"
