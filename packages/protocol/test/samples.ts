/** One message of every kind, every field with a value that could not be another's by mistake. */
import type { Message } from "../src/Message.ts"

type Samples = { readonly [T in Message["_tag"]]: Extract<Message, { readonly _tag: T }> }

/** The kinds that version 1.1 added. */
type Of11 = "TaskLogTaken"

/** The kinds that version 1.2 added. */
type Of12 =
  | "TaskCredit"
  | "OperatorHello"
  | "StatusAsked"
  | "WorkerTold"
  | "WaitingTold"
  | "StatusTold"
  | "TasksAsked"
  | "WatchAsked"
  | "TaskTold"
  | "TasksTold"
  | "OrderAsked"
  | "OrderTold"
  | "TaskDetach"
  | "TaskAttach"
  | "TaskAttached"
  | "TaskAttachRefused"
  | "TaskWaits"
  | "TaskResumes"

/** The kinds that version 1.3 added. */
type Of13 = "TaskStopping"

/** The messages of the golden frames of version 1.0. They never change: a new minor version adds new ones. */
export const samples: Omit<Samples, Of11 | Of12 | Of13> = {
  ClientHello: { _tag: "ClientHello", session: "c-1f" },
  WorkerHello: {
    _tag: "WorkerHello",
    session: "w-2e",
    worker: "größer",
    slots: 4,
    prefetch: 2,
    capabilities: { gpu: 1, memoryGb: 1.5 },
    tasks: ["sqrt", "漢字"],
  },
  HelloEcho: { _tag: "HelloEcho", session: "c-1f", scheduler: "s" },
  Task: {
    _tag: "Task",
    task: 300,
    attempt: 2,
    name: "sqrt",
    input: new Uint8Array([0, 255, 16]),
    priority: -1,
    capabilities: { gpu: 2 },
    timeoutMs: 2500,
    attemptsMax: 3,
    traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    graceMs: undefined,
    wantsOutput: false,
    depth: 0,
  },
  TaskCancel: { _tag: "TaskCancel", task: 70_000, attempt: 0, force: true },
  TaskCancelConfirm: {
    _tag: "TaskCancelConfirm",
    task: 7,
    attempt: 2,
    worker: "w",
    type: "cancelNotFound",
    how: "workerLost",
    stopMs: 0,
  },
  TaskStarted: { _tag: "TaskStarted", task: 8, attempt: 1, worker: "w" },
  TaskResult: {
    _tag: "TaskResult",
    task: 9_007_199_254_740_991,
    attempt: 3,
    worker: "w",
    type: "failedTimeout",
    payload: new Uint8Array([1, 2]),
    runMs: 12.25,
  },
  TaskProgress: { _tag: "TaskProgress", task: 10, attempt: 1, fraction: 0.5 },
  TaskLog: { _tag: "TaskLog", task: 11, attempt: 1, line: "half way\n", from: "log" },
  Heartbeat: { _tag: "Heartbeat" },
  HeartbeatEcho: { _tag: "HeartbeatEcho" },
  ClientDisconnect: { _tag: "ClientDisconnect" },
  ClientDisconnectEcho: { _tag: "ClientDisconnectEcho" },
  Drain: { _tag: "Drain", boundMs: 30_000 },
  WorkerGoodbye: { _tag: "WorkerGoodbye" },
  ProtocolError: { _tag: "ProtocolError", reason: "frame: not one msgpack value" },
}

/** The messages of the golden frames of version 1.1: those that say what it added. */
export const samplesOf11 = {
  Task: { ...samples.Task, graceMs: 1500, wantsOutput: true },
  TaskCancelConfirm: { ...samples.TaskCancelConfirm, stopMs: 12.5 },
  TaskLog: { ...samples.TaskLog, from: "stderr" },
  TaskLogTaken: { _tag: "TaskLogTaken", task: 12, attempt: 1, lines: 128 },
} satisfies Partial<Samples> & Pick<Samples, Of11>

/** The messages of the golden frames of version 1.2: those that say what it added. */
export const samplesOf12 = {
  ClientHello: { ...samples.ClientHello, again: 3 },
  WorkerHello: { ...samples.WorkerHello, slots: 0, prefetch: 0, capabilities: {}, holds: ["漢字"] },
  TaskCredit: { _tag: "TaskCredit", tasks: 25_000, bytes: 67_108_864 },
  OperatorHello: { _tag: "OperatorHello", session: "o-3d" },
  StatusAsked: { _tag: "StatusAsked", request: 1 },
  WorkerTold: {
    _tag: "WorkerTold",
    request: 1,
    worker: "größer",
    slots: 4,
    prefetch: 2,
    held: 5,
    capabilities: { gpu: 1 },
    tasks: ["sqrt", "漢字"],
    draining: true,
    away: false,
    silentMs: 12.5,
  },
  WaitingTold: {
    _tag: "WaitingTold",
    request: 1,
    name: "漢字",
    capabilities: { gpu: 0.5 },
    tasks: 70_000,
    why: "tooLittle",
    lacking: ["gpu"],
    full: 3,
    draining: 2,
    away: 1,
    recovering: false,
  },
  StatusTold: {
    _tag: "StatusTold",
    request: 1,
    clients: 2,
    clientsBehind: 0,
    clientsWithoutCredit: 1,
    operators: 1,
    stopping: false,
    tombstones: 3,
    tasks: { queued: 70_000, cancelling: 1 },
    oldestMs: { queued: 1500.5, cancelling: 3 },
    ended: {},
    heard: { Task: 300 },
    ignored: { attemptStale: 4 },
  },
  TasksAsked: {
    _tag: "TasksAsked",
    request: 2,
    state: "cancelling",
    name: "sqrt",
    worker: "w",
    limit: 100,
  },
  WatchAsked: { _tag: "WatchAsked", request: 3, room: 1024 },
  TaskTold: {
    _tag: "TaskTold",
    request: 3,
    id: "c-1f.7",
    name: "sqrt",
    state: "ended",
    end: "timedOut",
    worker: "w",
    attempt: 2,
    ageMs: 0.25,
    rung: "none",
  },
  TasksTold: { _tag: "TasksTold", request: 3, leftOut: 65_537, cut: true },
  OrderAsked: {
    _tag: "OrderAsked",
    request: 4,
    order: "drain",
    target: "größer",
    boundMs: 30_000,
  },
  OrderTold: {
    _tag: "OrderTold",
    request: 4,
    outcome: "done",
    end: "cancelled",
    how: "killed",
    worker: "w",
    attempt: 1,
    stopMs: 5000.75,
  },
  Task: { ...samplesOf11.Task, depth: 4 },
  TaskWaits: { _tag: "TaskWaits", task: 17, attempt: 2 },
  TaskResumes: { _tag: "TaskResumes", task: 18, attempt: 3 },
  TaskDetach: { _tag: "TaskDetach", task: 13 },
  TaskAttach: { _tag: "TaskAttach", task: 14, id: "c-1f.300", name: "sqrt", wantsOutput: true },
  TaskAttached: { _tag: "TaskAttached", task: 15, name: "sqrt" },
  TaskAttachRefused: { _tag: "TaskAttachRefused", task: 16, type: "otherName", name: "sqrt" },
} satisfies Partial<Samples> & Pick<Samples, Of12>

/** The messages of the golden frames of version 1.3: those that say what it added. */
export const samplesOf13 = {
  Heartbeat: { _tag: "Heartbeat", cpu: 2.5, memoryBytes: 70_000 },
  WaitingTold: { ...samplesOf12.WaitingTold, recovering: true },
  WorkerTold: { ...samplesOf12.WorkerTold, cpu: 0.25, memoryBytes: 300 },
  TaskTold: { ...samplesOf12.TaskTold, state: "cancelling", end: "none", rung: "killing" },
  TaskStopping: { _tag: "TaskStopping", task: 19, attempt: 2, rung: "killing" },
} satisfies Partial<Samples> & Pick<Samples, Of13>

/** A message of every kind, with all its fields. */
export const newest: Samples = { ...samples, ...samplesOf11, ...samplesOf12, ...samplesOf13 }

export const sampleList: ReadonlyArray<Message> = [
  ...Object.values(samples),
  ...Object.values(samplesOf11),
  ...Object.values(samplesOf12),
  ...Object.values(samplesOf13),
]
