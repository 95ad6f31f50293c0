// For users.
export { schedulerPeer, type PeerId, type TaskNumber } from "./Ids.ts"
export { type Limits, limitsDefault, makeLimits } from "./Limits.ts"
export { ProtocolError } from "./ProtocolError.ts"
export * as TaskId from "./TaskId.ts"
export * as Traceparent from "./Traceparent.ts"
export * as Values from "./Values.ts"

// For adapters: the ports, and the standard session over a transport.
export {
  type ClientReceiver,
  type ClientSession,
  clientOverWire,
  type OperatorSession,
  operatorOverWire,
  type Receiver,
  type Session,
  type WorkerSession,
  workerOverWire,
} from "./Session.ts"
export {
  checkedTimes,
  resumeMsDefault,
  type SessionLoop,
  type SessionOptions,
  withinProcess,
} from "./SessionOptions.ts"
export * as Admission from "./Admission.ts"
export { Pulse } from "./internal/Pulse.ts"
export type { Defer, Transport, TransportListener } from "./Transport.ts"
export { FramesLost } from "./FramesLost.ts"
export { Link } from "./Link.ts"
export type { LinkOptions } from "./LinkOptions.ts"
export { NumberTable } from "./NumberTable.ts"
export { AttemptOutput, leftOutLine, type Line } from "./AttemptOutput.ts"
export * as Wire from "./Wire.ts"

// For the shells and for tests: every message and every decision.
export type * as Message from "./Message.ts"
export { type Move, move } from "./Step.ts"
export * as ClientTask from "./machine/ClientTask.ts"
export * as SchedulerTask from "./machine/SchedulerTask.ts"
export * as Credit from "./machine/Credit.ts"
export { type CreditAccount, type CreditBounds, Credits } from "./Credits.ts"
export * as OutputWindow from "./machine/OutputWindow.ts"
export * as Liveness from "./machine/Liveness.ts"
export * as SessionLife from "./machine/SessionLife.ts"
export { childrenMax, isEnd, Nesting, nestingKey, type NestingOutlet } from "./Nesting.ts"
export { Places } from "./machine/Places.ts"
export * as WorkerAttempt from "./machine/WorkerAttempt.ts"
