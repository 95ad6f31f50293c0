export type { Job, JobOptions } from "./cluster/Job.ts"
export type { ClusterOptions } from "./cluster/Cluster.ts"
export type { Faults, LinkFault, NodeFault, Profile } from "./cluster/faults.ts"
export type { ForkOptions, RaceBody, RaceContext, WorldControl } from "./cluster/Race.ts"
export type { Violation } from "./cluster/guarantees.ts"
export * as Explore from "./Explore.ts"
export type { RaceOptions } from "./Explore.ts"
export { AmbientCall } from "./internal/ambient.ts"
export { TokenRefused } from "./search/token.ts"
export { htmlOf } from "./report/html.ts"
export type { Told } from "./report/describe.ts"
export {
  type Account,
  type Bounds,
  type Drawn,
  type Failure,
  lineOf,
  type Neighbour,
  reportOf,
  type Sampled,
  type Stats,
  type Verdict,
  type Verified,
  type Violated,
} from "./Verdict.ts"
