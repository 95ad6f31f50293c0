/** What may go wrong in a race, as its author says it and as its world takes it. */
import { type FaultBudgets, type FaultKind, faultKinds } from "@scaler-ts/adapter-memory"
import { schedulerPeer } from "@scaler-ts/protocol"
import { Checked } from "@scaler-ts/runtime"
import { clientNames, workerNames } from "./names.ts"

/** So many times, to some nodes. */
export interface NodeFault {
  readonly times: number
  readonly nodes?: ReadonlyArray<string>
}

/** So many times, on some links, such as `"worker-1>scheduler"`. */
export interface LinkFault {
  readonly times: number
  readonly links?: ReadonlyArray<`${string}>${string}`>
}

/**
 * How often each may happen in one execution, at any time, and to whom: any client or worker unless
 * told otherwise, on any link.
 */
export interface Faults {
  /** The connection to the scheduler breaks: what is in flight is lost, and both ends are told. */
  readonly cut?: number | NodeFault
  /**
   * Nothing comes through to the scheduler or back, or one of the two, and nobody is told. It heals
   * once nothing else can happen; then both ends are told that their connection is gone.
   */
  readonly partition?: number | NodeFault
  /** A node is gone without a word. Any worker unless told otherwise. */
  readonly crash?: number | NodeFault
  /** A node that crashed starts again and remembers nothing. Any that may crash, but for clients. */
  readonly restart?: number | NodeFault
  /** A node stands still, and stays connected, until nothing else can happen. */
  readonly freeze?: number | NodeFault
  /** A node's clock runs ten times as fast from now on. Any node unless told otherwise. */
  readonly skew?: number | NodeFault
  /** An outbox is full for a while, whatever is in it. */
  readonly full?: number | LinkFault
  /** A message is lost, and nobody is told. */
  readonly drop?: number | LinkFault
  /** A message arrives twice. */
  readonly duplicate?: number | LinkFault
  /** A message arrives before others that were sent before it. */
  readonly reorder?: number | LinkFault
}

/** What a network can do to messages. */
export type Profile = "tcp" | "datagram" | "calm"

/** The options that say what may go wrong. */
export interface FaultOptions {
  readonly clients?: number
  readonly workers?: number
  readonly profile?: Profile
  readonly faults?: Faults
}

type Given = NodeFault & LinkFault

const onStreams =
  "it would find bugs that cannot happen, because a stream loses nothing but what follows a break; use cut " +
  'or partition, or profile "datagram"'

/** Why a network cannot have a fault. */
const impossible: { readonly [P in Profile]: { readonly [Kind in FaultKind]?: string } } = {
  tcp: {
    drop: `tcp does not lose a single message: ${onStreams}`,
    duplicate: `tcp delivers no message twice: ${onStreams}`,
    reorder: `tcp keeps the order of messages: ${onStreams}`,
  },
  datagram: {
    cut: "datagrams have no connection that could be cut; use drop or partition",
    full: "datagrams are not held back, but lost; use drop",
  },
  calm: Object.fromEntries(
    faultKinds.map((kind) => [
      kind,
      'in a calm nothing goes wrong; use profile "tcp" or "datagram"',
    ]),
  ),
}

const linkKinds: ReadonlySet<string> = new Set(["full", "drop", "duplicate", "reorder"])

/** What the world is told: who may be struck by what, and how often. */
export const budgetsOf = (options: FaultOptions): FaultBudgets => {
  const { faults = {} } = options
  const budgets: { [Kind in FaultKind]?: { times: number; on: ReadonlyArray<string> } } = {}
  for (const kind of faultKinds) {
    const { times, nodes, links } = givenOf(faults[kind])
    if (times > 0) budgets[kind] = { times, on: links ?? nodes ?? usualOf(kind, options) }
  }
  return budgets
}

/** How often each fault may happen, but for those that may not. */
export const timesOf = ({ faults = {} }: FaultOptions): Readonly<Record<string, number>> =>
  Object.fromEntries(
    faultKinds.flatMap((kind) => {
      const { times } = givenOf(faults[kind])
      return times > 0 ? [[kind, times]] : []
    }),
  )

/** How many faults there may be in all. */
export const faultsOf = (options: FaultOptions): number =>
  Object.values(timesOf(options)).reduce((sum, times) => sum + times, 0)

const givenOf = (fault: number | Given | undefined): Given =>
  typeof fault === "object" ? fault : { times: fault ?? 0 }

const usualOf = (kind: FaultKind, options: FaultOptions): ReadonlyArray<string> => {
  const { clients = 1, workers = 1, faults = {} } = options
  const others = [...clientNames(clients), ...workerNames(workers)]
  if (linkKinds.has(kind)) return linksOf(others)
  switch (kind) {
    case "crash":
      return workerNames(workers)
    case "restart": {
      const { nodes = workerNames(workers) } = givenOf(faults.crash)
      return nodes.filter((name) => !isClient(name))
    }
    case "skew":
      return [schedulerPeer, ...others]
    default:
      return others
  }
}

const linksOf = (names: ReadonlyArray<string>): ReadonlyArray<string> =>
  names.flatMap((name) => [`${name}>${schedulerPeer}`, `${schedulerPeer}>${name}`])

const isClient = (name: string): boolean => name.startsWith("client")

/** Throws a `RangeError` or a `TypeError` for faults that this network, or any, cannot have. */
export const checkFaults = (options: FaultOptions): void => {
  const { profile = "tcp", faults = {} } = options
  for (const [kind, fault] of Object.entries(faults)) {
    const known = faultKinds.find((one) => one === kind)
    if (known === undefined) {
      throw new RangeError(`"${kind}" is no fault; there are ${faultKinds.join(", ")}`)
    }
    const given = givenOf(fault as number | Given)
    Checked.wholeFromZero(`faults.${kind}`, given.times)
    const reason = given.times > 0 ? impossible[profile][known] : undefined
    if (reason !== undefined) throw new RangeError(`faults.${kind}: ${reason}`)
    checkStruck(known, given, options)
  }
  checkRestart(options)
}

/** Throws for a node or link that there is not, or that this fault cannot strike. */
const checkStruck = (kind: FaultKind, given: Given, options: FaultOptions): void => {
  const { clients = 1, workers = 1 } = options
  const others = [...clientNames(clients), ...workerNames(workers)]
  const isOfLink = linkKinds.has(kind)
  for (const name of Object.keys(given)) {
    const known = ["times", isOfLink ? "links" : "nodes"]
    if (!known.includes(name)) {
      throw new RangeError(`"${name}" is no part of faults.${kind}; there are ${known.join(", ")}`)
    }
  }
  // What a connection suffers is said of its other end: the scheduler has one with each.
  const isOfConnection = kind === "cut" || kind === "partition"
  const possible = isOfLink ? linksOf(others) : isOfConnection ? others : [schedulerPeer, ...others]
  for (const name of given.links ?? given.nodes ?? []) {
    if (!possible.includes(name)) {
      throw new RangeError(`faults.${kind} cannot strike "${name}"; it can ${possible.join(", ")}`)
    }
  }
}

const checkRestart = (options: FaultOptions): void => {
  const { crash, restart } = options.faults ?? {}
  const { times, nodes = [] } = givenOf(restart)
  if (times === 0) return
  const crashing = givenOf(crash)
  if (crashing.times === 0) {
    throw new RangeError(
      "faults.restart: nothing starts again that has not crashed; allow a crash, too",
    )
  }
  const { nodes: mayCrash = usualOf("crash", options) } = crashing
  for (const name of nodes) {
    if (isClient(name)) {
      throw new RangeError(
        `faults.restart: ${name} cannot start again, because its script died with it`,
      )
    }
    if (!mayCrash.includes(name)) {
      throw new RangeError(`faults.restart: ${name} cannot start again, because it may not crash`)
    }
  }
}
