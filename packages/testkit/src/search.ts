/** The search alone, for systems that are not clusters: pure machines, data structures, protocols of your own. */
export { classOf, type Step } from "./search/Order.ts"
export {
  type Ended,
  NotDeterministic,
  type Reduction,
  Search,
  type SearchOptions,
} from "./search/Search.ts"
export { conflict, type Footprint, type Happening, type System } from "./search/System.ts"
export * as States from "./States.ts"
