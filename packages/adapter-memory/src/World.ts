/**
 * A world that stands still until it is told what happens next.
 *
 * Nodes joined to it run on its turns, its clocks, its random numbers and its network, so what runs
 * on them is decided by whoever calls `apply`, one step at a time and all of it synchronously: the
 * same choices give the same run, and a whole cluster is one call. `@scaler-ts/testkit` tries every
 * choice.
 *
 * - A step happens at one node. What it sets off there is done when `apply` returns; what it sends
 *   lies on a link until a later step delivers it. A link is first in, first out.
 * - Frames cross as copies of their bytes, so nodes share nothing a socket would not carry.
 * - Time stands still. Once nothing else can happen the next timer goes off, at the time it was set
 *   for, and that time has come for every node; of several timers set for it any may be first, but
 *   those of one node in the order they were set. `earlyTimers` allows so many to go off before that,
 *   and then only the node's own clock moves on.
 * - Faults happen as often as they may and need not: connections are cut, nodes crash. What lasts, a
 *   partition or a frozen node, ends once nothing else can happen, before a timer goes off or after.
 *   Once nothing but a fault can happen, `rest` can, too, and then no fault follows.
 */
import type { PeerId } from "@scaler-ts/protocol"
import { Checked } from "@scaler-ts/runtime"
import { Faults } from "./internal/Faults.ts"
import { budgetBit, type Footprint, isLast, nodesMax, weatherBit } from "./internal/Footprint.ts"
import { Links } from "./internal/Links.ts"
import { type Carrier, type InFlight, Network } from "./internal/Network.ts"
import { dueTimers, isTroubled, pass } from "./internal/time.ts"
import { Weather } from "./internal/Weather.ts"
import { NeverRests } from "./internal/NeverRests.ts"
import { type Happening, type Surroundings, WorldNode } from "./internal/WorldNode.ts"
import type { WorldOptions } from "./internal/WorldOptions.ts"

export type { Footprint } from "./internal/Footprint.ts"
export {
  type FaultBudget,
  type FaultBudgets,
  type FaultKind,
  faultKinds,
} from "./internal/faultKinds.ts"
export { type Harm, type Partition, type Weather } from "./internal/Weather.ts"
export { NeverRests } from "./internal/NeverRests.ts"
export { type Happening, type WorldNode } from "./internal/WorldNode.ts"
export type { WorldOptions } from "./internal/WorldOptions.ts"

/** More steps than any closing down takes. */
const closingStepsMax = 100_000

export class World implements Carrier, Surroundings {
  /** The number of the step under way or, between steps, of the last one, from 0; -1 before the first. */
  step = -1
  /**
   * The node at which something was done although the world stood still, if any: whatever did it, a
   * promise or a timer of the world outside, is not the world's to decide about.
   */
  intruded: string | undefined
  /** What can go wrong, for scripts that say when. */
  readonly weather: Weather
  private readonly nodes: Array<WorldNode> = []
  private readonly network: Network
  private readonly links = new Links(
    (name) => this.node(name),
    () => this.step,
  )
  private readonly faults: Faults
  private readonly woke = new Set<WorldNode>()
  private readonly seed: string
  private readonly turnsMax: number
  private earlyLeft: number
  private backgroundLeft: number
  private acting: WorldNode | undefined
  private acts = 0
  private sees = 0

  constructor(options: WorldOptions = {}) {
    const { seed = "world", outboxFramesMax = 1024, turnsMax = 100_000 } = options
    const { earlyTimers = 0, backgroundTimers = 0 } = options
    Checked.wholeFromZero("earlyTimers", earlyTimers)
    Checked.wholeFromZero("backgroundTimers", backgroundTimers)
    Checked.wholeFromOne("outboxFramesMax", outboxFramesMax)
    Checked.wholeFromOne("turnsMax", turnsMax)
    this.seed = seed
    this.turnsMax = turnsMax
    this.earlyLeft = earlyTimers
    this.backgroundLeft = backgroundTimers
    this.network = new Network(this, outboxFramesMax)
    const { network, links, nodes } = this
    const node = (name: PeerId): WorldNode => this.node(name)
    this.weather = new Weather({
      network,
      links,
      node,
      struck: (names) => {
        this.touch(...names)
        this.acts |= weatherBit
      },
      actAt: (at, run) => this.actAt(at, run),
    })
    this.faults = new Faults(options, { network, links, nodes, weather: this.weather })
  }

  /** Adds a node. Throws an `Error` when the name is taken. */
  join(name: PeerId): WorldNode {
    if (this.nodes.length >= nodesMax) throw new Error(`a world has at most ${nodesMax} nodes`)
    const transport = this.network.join(name)
    const node = new WorldNode(name, 1 << this.nodes.length, this.seed, transport, this)
    this.nodes.push(node)
    return node
  }

  node(name: string): WorldNode {
    const found = this.nodes.find((node) => node.name === name)
    if (found !== undefined) return found
    const known = this.nodes.map((node) => node.name).join(", ")
    throw new Error(`no node is named "${name}"; there are ${known}`)
  }

  /** The nodes, in the order they joined. */
  get all(): ReadonlyArray<WorldNode> {
    return this.nodes
  }

  /** The node at which the step under way happens. */
  get current(): WorldNode | undefined {
    return this.acting
  }

  /** What can happen next, in an order that depends on nothing but the steps taken. Nothing: the world is at rest. */
  enabled(): ReadonlyArray<Happening> {
    const enabled: Array<Happening> = [...this.links.next]
    for (const node of this.nodes) if (!node.frozen) enabled.push(...node.offers.values())
    const faults = this.faults.enabled
    // Any may be early beside them, or the last step before the quiet would reach all other nodes.
    if (enabled.length === 0) {
      const looks = this.backgroundLeft > 0 && isTroubled(this.nodes, this.weather)
      enabled.push(...dueTimers(this.nodes, looks), ...this.faults.mends)
      if (enabled.length === 0 && faults.length > 0) enabled.push(this.faults.rest)
    }
    if (this.earlyLeft > 0) {
      for (const node of this.nodes) {
        const timer = node.frozen ? undefined : node.firstTimer()
        if (timer !== undefined) enabled.push(timer.fireEarly)
      }
    }
    return faults.length === 0 ? enabled : [...enabled, ...faults]
  }

  /**
   * Lets one of `enabled()` happen, and everything that follows from it at once. Throws an `Error`
   * when it cannot happen any more, and whatever a node throws outside of its fibers.
   */
  apply(happening: Happening): Footprint {
    if (!happening.stands()) {
      throw new Error(`"${happening.id}" cannot happen now; choose one of enabled()`)
    }
    const causes = happening.causes()
    this.step++
    this.acts = 0
    this.sees = 0
    this.actAt(happening.node, happening.happen)
    this.wake()
    return { acts: this.acts, sees: this.sees, causes, isLast: isLast(happening) }
  }

  /** Lets what is in flight arrive, in the order it was sent, until nothing can: for setting up. Is no step. */
  settle(): void {
    for (;;) {
      this.wake()
      const first = this.links.oldest
      if (first === undefined) return
      this.actAt(first.node, first.happen)
    }
  }

  /** Lets every node take the turns it is due, and delivers nothing. */
  wake(): void {
    let turns = 0
    // A node that wakes another within one step acts there, too.
    for (const node of this.woke) {
      if (node.frozen) continue
      this.woke.delete(node)
      turns += this.actAt(node, () => node.drain(this.turnsMax))
      if (turns > this.turnsMax) throw new NeverRests(node.name, this.turnsMax)
    }
  }

  /** Lets whatever can happen first happen, until nothing can, and nothing go wrong: for closing down. Throws an `Error` if that never is. */
  runToRest(): void {
    this.faults.stop()
    this.wake()
    for (let steps = 0; steps < closingStepsMax; steps++) {
      const [first] = this.enabled()
      if (first === undefined) return
      this.apply(first)
    }
    const [next] = this.enabled()
    throw new Error(
      `after ${closingStepsMax} more steps something can still happen, such as "${next?.id}"; a timer or a message repeats for ever`,
    )
  }

  /** Runs something at a node as part of the step under way, or while setting up. */
  actAt<A>(node: WorldNode, run: () => A): A {
    const before = this.acting
    this.acting = node
    this.acts |= node.bit
    try {
      return run()
    } finally {
      this.acting = before
    }
  }

  /** Says that the step under way depends on the state of these nodes. */
  lookAt(nodes: ReadonlyArray<WorldNode>): void {
    for (const node of nodes) this.sees |= node.bit
  }

  /** Cuts a connection, if there is one: what is in flight either way is lost, and each sees the other gone. */
  cut(one: PeerId, other: PeerId): void {
    this.weather.cut(one, other)
  }

  /** Ends a node without a word. */
  crash(name: PeerId): void {
    this.weather.crash(name)
  }

  /** Keeps what is on its way from one node to another from arriving until `release`. */
  hold(from: PeerId, to: PeerId): void {
    this.links.between(from, to).hold()
    this.touch(to)
  }

  release(from: PeerId, to: PeerId): void {
    this.links.between(from, to).release()
    this.touch(to)
  }

  /** Links on which something waits that `hold` keeps from arriving, such as `"worker-1>scheduler"`. */
  get held(): ReadonlyArray<string> {
    return this.links.held
  }

  woken(node: WorldNode): void {
    this.noticed(node)
    this.woke.add(node)
  }

  noticed(node: WorldNode): void {
    this.acts |= node.bit
    if (this.acting === undefined) this.intruded = node.name
  }

  elapse(node: WorldNode, atMs: number, how: "due" | "early" | "background"): void {
    if (how === "background") this.backgroundLeft--
    if (how === "early") {
      this.earlyLeft--
      this.acts |= budgetBit
      node.nowMs = Math.max(node.nowMs, atMs)
    } else {
      // Nothing else could happen, so the time until the timer has passed for everybody.
      pass(this.nodes, node, atMs)
    }
  }

  carry(item: InFlight): void {
    // News is carried for whoever cuts or crashes from outside, a frame only for the node that sends it.
    if (item.frame !== undefined) this.noticed(this.node(item.from))
    // That a connection is cut each end notices by itself; all else has to come through.
    if (item.connection !== undefined && this.weather.loses(item.from, item.to.self)) return
    this.links.add(item)
  }

  /** That the other end has left is known when the news arrive, and that is for the explorer to decide. */
  readonly tellsAtOnce = false

  packed(frame: Uint8Array): Uint8Array {
    return frame.slice()
  }

  /** How full an outbox is depends on what was delivered at its other end. */
  crowded(to: PeerId): void {
    this.lookAt([this.node(to)])
  }

  dialled(to: PeerId): void {
    this.sees |= weatherBit
    const there = this.nodes.find(({ name }) => name === to)
    if (there !== undefined) this.sees |= there.bit
  }

  later(peer: PeerId, run: () => void): void {
    this.node(peer).later(run)
  }

  private touch(...names: ReadonlyArray<PeerId>): void {
    for (const name of names) this.acts |= this.node(name).bit
  }
}
