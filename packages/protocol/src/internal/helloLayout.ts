/** The positional layout of what clients and workers say first, and of the answer. */
import { orNil } from "./fieldValues.ts"
import type { Layout } from "./layout.ts"

export const helloLayouts: {
  readonly ClientHello: Layout<"ClientHello">
  readonly WorkerHello: Layout<"WorkerHello">
  readonly HelloEcho: Layout<"HelloEcho">
} = {
  ClientHello: {
    kind: 1,
    write: (m) => [1, m.session, ...(m.again === undefined ? [] : [m.again])],
    read: (f) => ({
      _tag: "ClientHello",
      session: f.text(1, "session"),
      ...(f.endAfter(1) ? {} : { again: f.natural(2, "again") }),
    }),
  },
  WorkerHello: {
    kind: 2,
    write: (m) => [
      2,
      m.session,
      m.worker,
      m.slots,
      m.prefetch,
      orNil(m.capabilities),
      m.tasks,
      ...(m.holds === undefined ? [] : [m.holds]),
    ],
    read: (f) => ({
      _tag: "WorkerHello",
      session: f.text(1, "session"),
      worker: f.text(2, "worker"),
      slots: f.natural(3, "slots"),
      prefetch: f.natural(4, "prefetch"),
      capabilities: f.quantities(5, "capabilities"),
      tasks: f.texts(6, "tasks"),
      ...(f.endAfter(6) ? {} : { holds: f.texts(7, "holds") }),
    }),
  },
  HelloEcho: {
    kind: 3,
    write: (m) => [3, m.session, m.scheduler],
    read: (f) => ({
      _tag: "HelloEcho",
      session: f.text(1, "session"),
      scheduler: f.text(2, "scheduler"),
    }),
  },
}
