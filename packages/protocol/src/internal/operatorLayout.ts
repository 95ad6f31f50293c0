/** The positional layout of what operators and the scheduler say to each other. */
import type * as Said from "../OperatorMessages.ts"
import { confirmHows, orNil } from "./fieldValues.ts"
import type { Fields } from "./fields.ts"
import type { Layout } from "./layout.ts"
import { loadFields, readLoad } from "./loadLayout.ts"

const states = ["queued", "dispatched", "running", "recalling", "cancelling", "ended"] as const
const statesOrAny = [...states, "any"] as const
const ends = ["none", "succeeded", "failed", "timedOut", "died", "cancelled", "disowned"] as const
const orders = ["cancel", "drain", "stop"] as const
const rungs = ["none", "asked", "interrupted", "killing"] as const
const whys = ["notOffered", "tooLittle", "busy"] as const
const outcomes = ["done", "ended", "refused", "notFound"] as const

export const operatorLayouts: {
  readonly OperatorHello: Layout<"OperatorHello">
  readonly StatusAsked: Layout<"StatusAsked">
  readonly WorkerTold: Layout<"WorkerTold">
  readonly WaitingTold: Layout<"WaitingTold">
  readonly StatusTold: Layout<"StatusTold">
  readonly TasksAsked: Layout<"TasksAsked">
  readonly WatchAsked: Layout<"WatchAsked">
  readonly TaskTold: Layout<"TaskTold">
  readonly TasksTold: Layout<"TasksTold">
  readonly OrderAsked: Layout<"OrderAsked">
  readonly OrderTold: Layout<"OrderTold">
} = {
  OperatorHello: {
    kind: 20,
    write: (m) => [20, m.session],
    read: (f) => ({ _tag: "OperatorHello", session: f.text(1, "session") }),
  },
  StatusAsked: {
    kind: 21,
    write: (m) => [21, m.request],
    read: (f) => ({ _tag: "StatusAsked", request: f.natural(1, "request") }),
  },
  WorkerTold: {
    kind: 22,
    write: (m) => [
      22,
      m.request,
      m.worker,
      m.slots,
      m.prefetch,
      m.held,
      orNil(m.capabilities),
      m.tasks,
      m.draining,
      m.away,
      m.silentMs,
      ...loadFields(m),
    ],
    read: (f) => ({
      _tag: "WorkerTold",
      request: f.natural(1, "request"),
      worker: f.text(2, "worker"),
      slots: f.natural(3, "slots"),
      prefetch: f.natural(4, "prefetch"),
      held: f.natural(5, "held"),
      capabilities: f.quantities(6, "capabilities"),
      tasks: f.texts(7, "tasks"),
      draining: f.boolean(8, "draining"),
      away: f.boolean(9, "away"),
      silentMs: f.duration(10, "silentMs"),
      ...readLoad(f, 11),
    }),
  },
  WaitingTold: {
    kind: 40,
    write: (m) => [
      40,
      m.request,
      m.name,
      orNil(m.capabilities),
      m.tasks,
      whys.indexOf(m.why),
      m.lacking,
      m.full,
      m.draining,
      m.away,
      ...(m.recovering ? [true] : []),
    ],
    read: (f) => ({
      _tag: "WaitingTold",
      request: f.natural(1, "request"),
      name: f.text(2, "name"),
      capabilities: f.quantities(3, "capabilities"),
      tasks: f.natural(4, "tasks"),
      why: f.oneOf(5, "why", whys),
      lacking: f.texts(6, "lacking"),
      full: f.natural(7, "full"),
      draining: f.natural(8, "draining"),
      away: f.natural(9, "away"),
      recovering: f.endAfter(9) ? false : f.boolean(10, "recovering"),
    }),
  },
  StatusTold: {
    kind: 23,
    write: (m) => [
      23,
      m.request,
      m.clients,
      m.clientsBehind,
      m.clientsWithoutCredit,
      m.operators,
      m.stopping,
      m.tombstones,
      orNil(m.tasks),
      orNil(m.oldestMs),
      orNil(m.ended),
      orNil(m.heard),
      orNil(m.ignored),
    ],
    read: (f) => readStatus(f),
  },
  TasksAsked: {
    kind: 24,
    write: (m) => [24, m.request, statesOrAny.indexOf(m.state), m.name, m.worker, m.limit],
    read: (f) => ({
      _tag: "TasksAsked",
      request: f.natural(1, "request"),
      state: f.oneOf(2, "state", statesOrAny),
      name: f.text(3, "name"),
      worker: f.text(4, "worker"),
      limit: f.natural(5, "limit"),
    }),
  },
  WatchAsked: {
    kind: 25,
    write: (m) => [25, m.request, m.room],
    read: (f) => ({
      _tag: "WatchAsked",
      request: f.natural(1, "request"),
      room: f.natural(2, "room"),
    }),
  },
  TaskTold: {
    kind: 26,
    write: (m) => [
      26,
      m.request,
      m.id,
      m.name,
      states.indexOf(m.state),
      ends.indexOf(m.end),
      m.worker,
      m.attempt,
      m.ageMs,
      ...(m.rung === "none" ? [] : [rungs.indexOf(m.rung)]),
    ],
    read: (f) => ({
      _tag: "TaskTold",
      request: f.natural(1, "request"),
      id: f.text(2, "id"),
      name: f.text(3, "name"),
      state: f.oneOf(4, "state", states),
      end: f.oneOf(5, "end", ends),
      worker: f.text(6, "worker"),
      attempt: f.natural(7, "attempt"),
      ageMs: f.duration(8, "ageMs"),
      rung: f.endAfter(8) ? "none" : f.oneOf(9, "rung", rungs),
    }),
  },
  TasksTold: {
    kind: 27,
    write: (m) => [27, m.request, m.leftOut, m.cut],
    read: (f) => ({
      _tag: "TasksTold",
      request: f.natural(1, "request"),
      leftOut: f.natural(2, "leftOut"),
      cut: f.boolean(3, "cut"),
    }),
  },
  OrderAsked: {
    kind: 28,
    write: (m) => [28, m.request, orders.indexOf(m.order), m.target, m.boundMs],
    read: (f) => ({
      _tag: "OrderAsked",
      request: f.natural(1, "request"),
      order: f.oneOf(2, "order", orders),
      target: f.text(3, "target"),
      boundMs: f.duration(4, "boundMs"),
    }),
  },
  OrderTold: {
    kind: 29,
    write: (m) => [
      29,
      m.request,
      outcomes.indexOf(m.outcome),
      ends.indexOf(m.end),
      confirmHows.indexOf(m.how),
      m.worker,
      m.attempt,
      m.stopMs,
    ],
    read: (f) => ({
      _tag: "OrderTold",
      request: f.natural(1, "request"),
      outcome: f.oneOf(2, "outcome", outcomes),
      end: f.oneOf(3, "end", ends),
      how: f.oneOf(4, "how", confirmHows),
      worker: f.text(5, "worker"),
      attempt: f.natural(6, "attempt"),
      stopMs: f.duration(7, "stopMs"),
    }),
  },
}

const readStatus = (f: Fields): Said.StatusTold => ({
  _tag: "StatusTold",
  request: f.natural(1, "request"),
  clients: f.natural(2, "clients"),
  clientsBehind: f.natural(3, "clientsBehind"),
  clientsWithoutCredit: f.natural(4, "clientsWithoutCredit"),
  operators: f.natural(5, "operators"),
  stopping: f.boolean(6, "stopping"),
  tombstones: f.natural(7, "tombstones"),
  tasks: f.quantities(8, "tasks"),
  oldestMs: f.quantities(9, "oldestMs"),
  ended: f.quantities(10, "ended"),
  heard: f.quantities(11, "heard"),
  ignored: f.quantities(12, "ignored"),
})
