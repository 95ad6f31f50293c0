/** The messages as the wire format has them: read from the real layout, so that nothing can drift. */
import { Fields } from "../../src/internal/fields.ts"
import { read, tagOfKind } from "../../src/internal/layout.ts"
import type {
  ClientToScheduler,
  Message,
  OperatorToScheduler,
  SchedulerToClient,
  SchedulerToOperator,
  SchedulerToWorker,
  WorkerToScheduler,
} from "../../src/Message.ts"
import { toClient, toOperator, toWorker } from "../../src/Wire.ts"

export interface Field {
  readonly name: string
  readonly position: number
  /** What the field holds, in words. */
  readonly holds: string
}

/** Notes which fields a layout reads, and hands it something of each kind. */
class Recorder extends Fields {
  readonly seen: Array<Field> = []

  private note<T>(position: number, name: string, holds: string, sample: T): T {
    this.seen.push({ position, name, holds })
    return sample
  }
  override natural(position: number, field: string): number {
    return this.note(position, field, "whole number", 1)
  }
  override number(position: number, field: string): number {
    return this.note(position, field, "number", 0.5)
  }
  override quantity(position: number, field: string): number {
    return this.note(position, field, "quantity", 0.5)
  }
  override duration(position: number, field: string): number {
    return this.note(position, field, "milliseconds", 1)
  }
  override durationOrNil(position: number, field: string): number | undefined {
    return this.note(position, field, "milliseconds or nil", undefined)
  }
  override boolean(position: number, field: string): boolean {
    return this.note(position, field, "boolean", true)
  }
  override text(position: number, field: string): string {
    return this.note(position, field, "text", "text")
  }
  override bytes(position: number, field: string): Uint8Array {
    return this.note(position, field, "bytes", new Uint8Array(1))
  }
  override texts(position: number, field: string): ReadonlyArray<string> {
    return this.note(position, field, "list of texts", ["text"])
  }
  override quantities(position: number, field: string): Readonly<Record<string, number>> {
    return this.note(position, field, "map of quantities", {})
  }
  override oneOf<const Name extends string>(
    position: number,
    field: string,
    names: ReadonlyArray<Name>,
  ): Name {
    const [first] = names
    if (first === undefined) throw new Error(`${field} has no names`)
    const numbered = names.map((name, index) => `${index} ${name}`)
    return this.note(position, field, numbered.join(" · "), first)
  }
}

type Tag = Message["_tag"]

export interface Kind {
  readonly kind: number
  readonly tag: Tag
  readonly fields: ReadonlyArray<Field>
}

/** Every kind of message, in the order of their numbers. */
export const kinds: ReadonlyArray<Kind> = tagOfKind.flatMap((tag, kind) => {
  if (tag === undefined) return []
  const recorder = new Recorder()
  read(tag, recorder)
  return [{ kind, tag, fields: recorder.seen.toSorted((a, b) => a.position - b.position) }]
})

/** Who sends what: a message that is missing here, or too many, does not compile. */
const fromClient: { readonly [T in ClientToScheduler["_tag"]]: true } = {
  ClientHello: true,
  Task: true,
  TaskCancel: true,
  TaskLogTaken: true,
  TaskDetach: true,
  TaskAttach: true,
  Heartbeat: true,
  ClientDisconnect: true,
  ProtocolError: true,
}
const fromWorker: { readonly [T in WorkerToScheduler["_tag"]]: true } = {
  WorkerHello: true,
  TaskStarted: true,
  TaskResult: true,
  TaskCancelConfirm: true,
  TaskProgress: true,
  TaskLog: true,
  TaskStopping: true,
  TaskWaits: true,
  TaskResumes: true,
  Task: true,
  TaskCancel: true,
  TaskLogTaken: true,
  Heartbeat: true,
  Drain: true,
  WorkerGoodbye: true,
  ProtocolError: true,
}
const fromOperator: { readonly [T in OperatorToScheduler["_tag"]]: true } = {
  OperatorHello: true,
  StatusAsked: true,
  TasksAsked: true,
  WatchAsked: true,
  OrderAsked: true,
  Heartbeat: true,
  ProtocolError: true,
}
const toClientTags: { readonly [T in SchedulerToClient["_tag"]]: true } = toClient.tags
const toWorkerTags: { readonly [T in SchedulerToWorker["_tag"]]: true } = toWorker.tags
const toOperatorTags: { readonly [T in SchedulerToOperator["_tag"]]: true } = toOperator.tags

/** Who sends which messages to whom. */
export const directions: ReadonlyArray<readonly [string, ReadonlyArray<string>]> = [
  ["client → scheduler", Object.keys(fromClient)],
  ["scheduler → client", Object.keys(toClientTags)],
  ["scheduler → worker", Object.keys(toWorkerTags)],
  ["worker → scheduler", Object.keys(fromWorker)],
  ["operator → scheduler", Object.keys(fromOperator)],
  ["scheduler → operator", Object.keys(toOperatorTags)],
]

/** The directions a message goes, such as `client → scheduler`. */
export const directionsOf = (tag: string): ReadonlyArray<string> =>
  directions.filter(([, tags]) => tags.includes(tag)).map(([direction]) => direction)
