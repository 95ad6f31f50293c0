export { type Cluster, layer, type LocalOptions, start } from "./Local.ts"
