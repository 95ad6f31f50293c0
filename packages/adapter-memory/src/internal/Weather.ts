/** What can go wrong in a world, carried out: connections that break, nodes that die, pause or run fast. */
import type { PeerId } from "@scaler-ts/protocol"
import type { Links } from "./Links.ts"
import type { Network } from "./Network.ts"
import type { WorldNode } from "./WorldNode.ts"

/** What the weather needs of its world. */
export interface Ground {
  readonly network: Network
  readonly links: Links
  readonly node: (name: PeerId) => WorldNode
  /** Says that the step under way acts at these nodes, and on who can reach whom. */
  readonly struck: (nodes: ReadonlyArray<PeerId>) => void
  /** Runs something as part of what a node does. */
  readonly actAt: <A>(node: WorldNode, run: () => A) => A
}

/** A connection over which nothing comes through, one way or both, and nobody is told. */
export interface Partition {
  readonly one: PeerId
  readonly other: PeerId
  readonly bothWays: boolean
}

/** What has been done to a node, or to a connection it has. */
export type Harm = "cut" | "partition" | "crash" | "freeze" | "skew" | "message"

export class Weather {
  private readonly ground: Ground
  private readonly parted = new Map<string, Partition>()
  private readonly restarts = new Map<PeerId, () => void>()
  private readonly harms = new Map<Harm, Set<PeerId>>()

  constructor(ground: Ground) {
    this.ground = ground
  }

  /** The nodes to which this was done so far. */
  harmedBy(harm: Harm): ReadonlySet<PeerId> {
    return this.harms.get(harm) ?? new Set()
  }

  harm(harm: Harm, ...names: ReadonlyArray<PeerId>): void {
    const harmed = this.harms.get(harm) ?? new Set()
    for (const name of names) harmed.add(name)
    this.harms.set(harm, harmed)
  }

  /** The connections that are parted now. */
  get partitions(): ReadonlyArray<Partition> {
    return [...this.parted.values()]
  }

  /** Cuts a connection, if there is one: what is in flight either way is lost, and each sees the other gone. */
  cut(one: PeerId, other: PeerId): void {
    this.harm("cut", one)
    this.ground.struck([one, other])
    this.ground.network.cut(one, other)
  }

  /** Loses what one sends another from now on, or what either sends the other, and tells nobody until `heal`. */
  partition(partition: Partition): void {
    const { one, other, bothWays } = partition
    this.harm("partition", one, other)
    // Whoever listens cannot tell the silence from a peer with nothing to say.
    this.ground.struck(bothWays ? [one, other] : [one])
    this.parted.set(pairOf(one, other), partition)
  }

  /**
   * Ends a partition. On a stream nothing may follow a gap, so what went on meanwhile is over: both
   * ends see the other gone, and may begin anew.
   */
  heal(one: PeerId, other: PeerId): void {
    this.parted.delete(pairOf(one, other))
    this.ground.struck([one, other])
    this.ground.network.cut(one, other)
  }

  isParted(one: PeerId, other: PeerId): boolean {
    return this.parted.has(pairOf(one, other))
  }

  /** Whether a frame comes through. */
  loses(from: PeerId, to: PeerId): boolean {
    const parted = this.parted.get(pairOf(from, to))
    return parted !== undefined && (parted.bothWays || parted.one === from)
  }

  /**
   * Ends a node without a word: it does nothing any more, whoever spoke with it sees it gone, and
   * whoever speaks to it only later hears that nobody is there.
   */
  crash(name: PeerId): void {
    const { network, links, node } = this.ground
    this.harm("crash", name)
    this.ground.struck([name, ...network.partners(name)])
    network.lose(name)
    const victim = node(name)
    victim.die()
    links.clearTo(victim)
  }

  /** Says how a node starts again after a crash. */
  onRestart(name: PeerId, start: () => void): void {
    this.restarts.set(name, start)
  }

  canRestart(name: PeerId): boolean {
    return !this.ground.node(name).alive && this.restarts.has(name)
  }

  /** Starts a crashed node again, as a new process under its name: it remembers nothing. */
  restart(name: PeerId): void {
    const node = this.ground.node(name)
    const start = this.restarts.get(name)
    if (start === undefined) throw new Error(`nobody said how "${name}" starts again`)
    if (node.alive) throw new Error(`"${name}" has not crashed, so it cannot start again`)
    this.ground.struck([name])
    node.revive(this.ground.network.join(name))
    this.ground.actAt(node, start)
  }

  /** Lets nothing happen at a node until `thaw`: what is for it waits, and its clock goes on. */
  freeze(name: PeerId): void {
    this.harm("freeze", name)
    this.ground.struck([name])
    this.ground.node(name).frozen = true
  }

  thaw(name: PeerId): void {
    this.ground.struck([name])
    this.ground.node(name).frozen = false
  }

  /** Lets a node's clock run ten times as fast as the others' from now on. */
  skew(name: PeerId): void {
    this.harm("skew", name)
    this.ground.struck([name])
    this.ground.node(name).skew()
  }

  /** Lets the outbox of one to another refuse everything until the news that it has drained arrive. */
  fill(from: PeerId, to: PeerId): void {
    // The news lie on the way back, among what the other sends.
    this.ground.struck([from, to])
    this.ground.network.fill(from, to)
  }
}

const pairOf = (one: PeerId, other: PeerId): string =>
  one < other ? `${one} ${other}` : `${other} ${one}`
