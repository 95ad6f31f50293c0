export { type Cluster, type ClusterStatus, layer, type LocalOptions, start } from "./Local.ts"
export type { Status } from "@scaler-ts/scheduler"
export { InvalidTasks, type TaskModules } from "@scaler-ts/worker"
