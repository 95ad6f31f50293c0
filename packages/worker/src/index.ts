// For users.
export * as Worker from "./Worker.ts"
export { inline, type InlineOptions } from "./executor/inline.ts"
export { byName, InvalidTasks, type TaskModules } from "./registry.ts"
export type { Status } from "./entries.ts"

// For those who write an executor.
export type { Attempt, Executor, ExecutorFactory, ExecutorListener, Usage } from "./Executor.ts"
