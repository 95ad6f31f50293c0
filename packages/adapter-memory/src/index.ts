export * as MemoryNetwork from "./MemoryNetwork.ts"
export * as MemoryTransport from "./MemoryTransport.ts"
export {
  type Footprint,
  type Happening,
  NeverRests,
  World,
  type WorldNode,
  type WorldOptions,
} from "./World.ts"
