/** What may become of a task, by the state it is in when somebody is killed or stopped. */

export const roles = ["worker", "client", "scheduler"] as const
export type Role = (typeof roles)[number]

export const ways = ["killed", "stopped for a moment", "stopped for too long"] as const
export type Way = (typeof ways)[number]

/** In the order in which they are submitted. */
export const states = [
  "running",
  "cancelling",
  /** Waits for its child. */
  "parent",
  "detached",
  /** Its function has ended, and who is to be told has not been. */
  "ended",
  "sent",
  "recalling",
  "queued",
  /** Runs elsewhere, for `parent`. */
  "child",
] as const
export type State = (typeof states)[number]

type Row = Readonly<Record<State, ReadonlyArray<string>>>

/** How its future ends, or what its receipt says, and how often it is begun. Of a child, and where nobody is left to be told, only that. */
const once = ["returned 1"]
const twice = ["returned 2"]
const twiceOrMore = ["returned 2", "returned 3"]
const onceOrMore = ["returned 1", "returned 2"]

const asIfNothing: Row = {
  running: once,
  cancelling: ["Stopped 1"],
  parent: once,
  detached: once,
  ended: once,
  sent: once,
  recalling: once,
  queued: once,
  child: ["1"],
}

/** What ran is run again, and nothing else is. */
const again: Row = {
  ...asIfNothing,
  running: twice,
  parent: twice,
  detached: twice,
  ended: onceOrMore,
  child: ["2"],
}

const momentarily = { "stopped for a moment": asIfNothing }

export const cells: Readonly<Record<Role, Readonly<Record<Way, Row>>>> = {
  worker: {
    ...momentarily,
    killed: { ...again, cancelling: ["WorkerLost 1"] },
    "stopped for too long": { ...again, cancelling: ["WorkerLost 1"] },
  },
  client: {
    ...momentarily,
    killed: {
      running: ["1"],
      cancelling: ["1"],
      parent: ["1"],
      // By whoever attaches to it.
      detached: once,
      ended: ["1"],
      sent: ["0"],
      // It is given back and runs elsewhere before it is known that nobody wants it.
      recalling: ["0", "1"],
      queued: ["0"],
      child: ["1"],
    },
    "stopped for too long": {
      ...again,
      cancelling: ["Unconfirmed 1"],
      // It goes on without its client, and is sent again all the same.
      detached: onceOrMore,
      // It is given back and runs elsewhere as long as it is not known that nobody wants it.
      recalling: onceOrMore,
    },
  },
  scheduler: {
    ...momentarily,
    killed: { ...again, cancelling: ["Unconfirmed 1"], ended: twice },
    // It has not forgotten what it had. A worker that comes back before the client may begin some of that, until
    // the client is given up; what is detached goes on.
    "stopped for too long": {
      running: twiceOrMore,
      cancelling: ["Unconfirmed 1", "WorkerLost 1"],
      parent: twiceOrMore,
      detached: twiceOrMore,
      ended: onceOrMore,
      sent: onceOrMore,
      recalling: onceOrMore,
      queued: onceOrMore,
      child: ["2", "3", "4"],
    },
  },
}
