export { Operator, type OperatorOptions } from "./Operator.ts"
export * from "./vocabulary.ts"
