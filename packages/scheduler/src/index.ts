export * as Scheduler from "./Scheduler.ts"
export type { SchedulerOptions } from "./SchedulerOptions.ts"
export type { Status } from "./entries.ts"
export type { Waiting, WhyWaiting } from "./placement/waiting.ts"
