/**
 * The positional layout of every message: kind number, then the fields in a fixed order.
 *
 * A number that has been given out is never given another meaning, and a field is only ever added
 * at the end: that is what a minor version may do.
 */
import type { Message } from "../Message.ts"
import { confirmHows, orNil } from "./fieldValues.ts"
import { loadFields, readLoad } from "./loadLayout.ts"
import { type Fields, noQuantities } from "./fields.ts"
import { helloLayouts } from "./helloLayout.ts"
import { operatorLayouts } from "./operatorLayout.ts"

type Tag = Message["_tag"]
type Of<T extends Tag> = Extract<Message, { readonly _tag: T }>

export interface Layout<T extends Tag> {
  readonly kind: number
  readonly write: (message: Of<T>) => ReadonlyArray<unknown>
  readonly read: (fields: Fields) => Of<T>
}

const resultTypes = ["success", "failed", "failedWorkerDied", "failedTimeout"] as const
const outputSources = ["log", "stdout", "stderr"] as const
const confirmTypes = ["canceled", "cancelFailed", "cancelNotFound"] as const
const stopRungs = ["interrupted", "killing"] as const
const refusalTypes = ["notFound", "ended", "otherName", "tooMany"] as const

/** How many attempts a task may lose with their worker, unless it says otherwise. */
export const attemptsMaxDefault = 3

/** Whether a task says nothing that came after version 1.0. Then it ends where it did then. */
const isOfVersion10 = (m: Message & { readonly _tag: "Task" }): boolean =>
  m.graceMs === undefined && !m.wantsOutput && m.depth === 0

/** Whether all a task says beyond its input is what is assumed anyway. Then it ends there. */
const hasDefaults = (m: Message & { readonly _tag: "Task" }): boolean =>
  m.priority === 0 &&
  m.timeoutMs === 0 &&
  m.attemptsMax === attemptsMaxDefault &&
  m.traceparent === "" &&
  orNil(m.capabilities) === null &&
  isOfVersion10(m)

const layouts: { readonly [T in Tag]: Layout<T> } = {
  ...helloLayouts,
  Task: {
    kind: 4,
    write: (m) =>
      hasDefaults(m)
        ? [4, m.task, m.attempt, m.name, m.input]
        : [
            4,
            m.task,
            m.attempt,
            m.name,
            m.input,
            m.priority,
            orNil(m.capabilities),
            m.timeoutMs,
            m.attemptsMax,
            m.traceparent,
            ...(isOfVersion10(m) ? [] : [m.graceMs ?? null, m.wantsOutput]),
            ...(m.depth === 0 ? [] : [m.depth]),
          ],
    read: (f) => {
      const isShort = f.endAfter(4)
      const isOld = isShort || f.endAfter(9)
      return {
        _tag: "Task",
        task: f.natural(1, "task"),
        attempt: f.natural(2, "attempt"),
        name: f.text(3, "name"),
        input: f.bytes(4, "input"),
        priority: isShort ? 0 : f.number(5, "priority"),
        capabilities: isShort ? noQuantities : f.quantities(6, "capabilities"),
        timeoutMs: isShort ? 0 : f.duration(7, "timeoutMs"),
        attemptsMax: isShort ? attemptsMaxDefault : f.natural(8, "attemptsMax"),
        traceparent: isShort ? "" : f.text(9, "traceparent"),
        graceMs: isOld ? undefined : f.durationOrNil(10, "graceMs"),
        wantsOutput: isOld ? false : f.boolean(11, "wantsOutput"),
        depth: isOld || f.endAfter(11) ? 0 : f.natural(12, "depth"),
      }
    },
  },
  TaskCancel: {
    kind: 5,
    write: (m) => [5, m.task, m.attempt, m.force],
    read: (f) => ({
      _tag: "TaskCancel",
      task: f.natural(1, "task"),
      attempt: f.natural(2, "attempt"),
      force: f.boolean(3, "force"),
    }),
  },
  TaskCancelConfirm: {
    kind: 6,
    write: (m) => [
      6,
      m.task,
      m.attempt,
      m.worker,
      confirmTypes.indexOf(m.type),
      confirmHows.indexOf(m.how),
      ...(m.stopMs === 0 ? [] : [m.stopMs]),
    ],
    read: (f) => ({
      _tag: "TaskCancelConfirm",
      task: f.natural(1, "task"),
      attempt: f.natural(2, "attempt"),
      worker: f.text(3, "worker"),
      type: f.oneOf(4, "type", confirmTypes),
      how: f.oneOf(5, "how", confirmHows),
      stopMs: f.endAfter(5) ? 0 : f.duration(6, "stopMs"),
    }),
  },
  TaskStarted: {
    kind: 7,
    write: (m) => [7, m.task, m.attempt, m.worker],
    read: (f) => ({
      _tag: "TaskStarted",
      task: f.natural(1, "task"),
      attempt: f.natural(2, "attempt"),
      worker: f.text(3, "worker"),
    }),
  },
  TaskResult: {
    kind: 8,
    write: (m) => [8, m.task, m.attempt, m.worker, resultTypes.indexOf(m.type), m.payload, m.runMs],
    read: (f) => ({
      _tag: "TaskResult",
      task: f.natural(1, "task"),
      attempt: f.natural(2, "attempt"),
      worker: f.text(3, "worker"),
      type: f.oneOf(4, "type", resultTypes),
      payload: f.bytes(5, "payload"),
      runMs: f.duration(6, "runMs"),
    }),
  },
  TaskProgress: {
    kind: 9,
    write: (m) => [9, m.task, m.attempt, m.fraction],
    read: (f) => ({
      _tag: "TaskProgress",
      task: f.natural(1, "task"),
      attempt: f.natural(2, "attempt"),
      fraction: f.number(3, "fraction"),
    }),
  },
  TaskLog: {
    kind: 10,
    write: (m) => [
      10,
      m.task,
      m.attempt,
      m.line,
      ...(m.from === "log" ? [] : [outputSources.indexOf(m.from)]),
    ],
    read: (f) => ({
      _tag: "TaskLog",
      task: f.natural(1, "task"),
      attempt: f.natural(2, "attempt"),
      line: f.text(3, "line"),
      from: f.endAfter(3) ? "log" : f.oneOf(4, "from", outputSources),
    }),
  },
  Heartbeat: {
    kind: 11,
    write: (m) => [11, ...loadFields(m)],
    read: (f) => ({ _tag: "Heartbeat", ...readLoad(f, 1) }),
  },
  HeartbeatEcho: { kind: 12, write: () => [12], read: () => ({ _tag: "HeartbeatEcho" }) },
  ClientDisconnect: { kind: 13, write: () => [13], read: () => ({ _tag: "ClientDisconnect" }) },
  ClientDisconnectEcho: {
    kind: 14,
    write: () => [14],
    read: () => ({ _tag: "ClientDisconnectEcho" }),
  },
  Drain: {
    kind: 15,
    write: (m) => [15, m.boundMs],
    read: (f) => ({ _tag: "Drain", boundMs: f.duration(1, "boundMs") }),
  },
  WorkerGoodbye: { kind: 16, write: () => [16], read: () => ({ _tag: "WorkerGoodbye" }) },
  ProtocolError: {
    kind: 17,
    write: (m) => [17, m.reason],
    read: (f) => ({ _tag: "ProtocolError", reason: f.text(1, "reason") }),
  },
  TaskLogTaken: {
    kind: 18,
    write: (m) => [18, m.task, m.attempt, m.lines],
    read: (f) => ({
      _tag: "TaskLogTaken",
      task: f.natural(1, "task"),
      attempt: f.natural(2, "attempt"),
      lines: f.natural(3, "lines"),
    }),
  },
  TaskCredit: {
    kind: 19,
    write: (m) => [19, m.tasks, m.bytes],
    read: (f) => ({
      _tag: "TaskCredit",
      tasks: f.natural(1, "tasks"),
      bytes: f.natural(2, "bytes"),
    }),
  },
  ...operatorLayouts,
  TaskDetach: {
    kind: 30,
    write: (m) => [30, m.task],
    read: (f) => ({ _tag: "TaskDetach", task: f.natural(1, "task") }),
  },
  TaskAttach: {
    kind: 31,
    write: (m) => [31, m.task, m.id, m.name, m.wantsOutput],
    read: (f) => ({
      _tag: "TaskAttach",
      task: f.natural(1, "task"),
      id: f.text(2, "id"),
      name: f.text(3, "name"),
      wantsOutput: f.boolean(4, "wantsOutput"),
    }),
  },
  TaskAttached: {
    kind: 32,
    write: (m) => [32, m.task, m.name],
    read: (f) => ({ _tag: "TaskAttached", task: f.natural(1, "task"), name: f.text(2, "name") }),
  },
  TaskAttachRefused: {
    kind: 33,
    write: (m) => [33, m.task, refusalTypes.indexOf(m.type), m.name],
    read: (f) => ({
      _tag: "TaskAttachRefused",
      task: f.natural(1, "task"),
      type: f.oneOf(2, "type", refusalTypes),
      name: f.text(3, "name"),
    }),
  },
  TaskStopping: {
    kind: 41,
    write: (m) => [41, m.task, m.attempt, stopRungs.indexOf(m.rung)],
    read: (f) => ({
      _tag: "TaskStopping",
      task: f.natural(1, "task"),
      attempt: f.natural(2, "attempt"),
      rung: f.oneOf(3, "rung", stopRungs),
    }),
  },
  TaskWaits: {
    kind: 35,
    write: (m) => [35, m.task, m.attempt],
    read: (f) => ({
      _tag: "TaskWaits",
      task: f.natural(1, "task"),
      attempt: f.natural(2, "attempt"),
    }),
  },
  TaskResumes: {
    kind: 36,
    write: (m) => [36, m.task, m.attempt],
    read: (f) => ({
      _tag: "TaskResumes",
      task: f.natural(1, "task"),
      attempt: f.natural(2, "attempt"),
    }),
  },
}

const tags = Object.keys(layouts) as ReadonlyArray<Tag>

/** The tag of each kind number; `undefined` where no message has the number. */
export const tagOfKind: ReadonlyArray<Tag | undefined> = tags.reduce<Array<Tag | undefined>>(
  (byKind, tag) => {
    byKind[layouts[tag].kind] = tag
    return byKind
  },
  [],
)

/** A message as positional fields, kind number first. */
export const write = (message: Message): ReadonlyArray<unknown> =>
  // The tag picks the layout, so the pair agrees; TypeScript cannot correlate the two.
  (layouts[message._tag].write as (message: Message) => ReadonlyArray<unknown>)(message)

/** The message of positional fields whose kind is `tag`. */
export const read = (tag: Tag, fields: Fields): Message => layouts[tag].read(fields)
