export * as MemoryNetwork from "./MemoryNetwork.ts"
export * as MemoryTransport from "./MemoryTransport.ts"
export {
  type FaultBudget,
  type FaultBudgets,
  type FaultKind,
  faultKinds,
  type Footprint,
  type Happening,
  type Harm,
  NeverRests,
  type Partition,
  type Weather,
  World,
  type WorldNode,
  type WorldOptions,
} from "./World.ts"
