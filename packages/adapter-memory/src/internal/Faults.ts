/**
 * The faults that may happen in a world, each at a time that is the explorer's to choose: so many of
 * each kind, and so many in all.
 *
 * All draw on one budget, so no two of them commute. What they do is the weather's affair.
 */
import { type FaultBudgets, type FaultKind, faultKinds } from "./faultKinds.ts"
import type { Links } from "./Links.ts"
import type { Network } from "./Network.ts"
import type { Partition, Weather } from "./Weather.ts"
import type { Happening, WorldNode } from "./WorldNode.ts"

export interface FaultOptions {
  /** What may go wrong, and how often. Nothing unless told otherwise. */
  readonly faults?: FaultBudgets
  /** How much of it may go wrong in all. All unless told otherwise. */
  readonly faultsMax?: number
}

/** What faults need to know of their world. */
export interface Sky {
  readonly weather: Weather
  readonly network: Network
  readonly links: Links
  readonly nodes: ReadonlyArray<WorldNode>
}

/** A fault that lasts until it is mended. */
interface Lasting {
  readonly mend: Happening
  readonly lasts: () => boolean
}

export class Faults {
  private readonly sky: Sky
  private readonly budgets: FaultBudgets
  private readonly spent = new Map<FaultKind, number>()
  /** How often each has happened to each: what tells them apart. */
  private readonly times = new Map<string, number>()
  /** By what has to end, so that the next time takes the place of the last. */
  private readonly lasting = new Map<string, Lasting>()
  private left: number

  constructor(options: FaultOptions, sky: Sky) {
    const { faults = {}, faultsMax = Infinity } = options
    this.budgets = faults
    this.left = faultsMax
    this.sky = sky
  }

  /** What can go wrong next. */
  get enabled(): ReadonlyArray<Happening> {
    if (this.left === 0) return []
    return faultKinds.flatMap((kind) => (this.isLeft(kind) ? this.ofKind(kind) : []))
  }

  /**
   * What has gone wrong and can end now. The world asks when nothing else can happen but timers: a
   * partition or a pause that ends before has only delayed what it stopped, or lost it as a cut does,
   * and both happen without it.
   */
  get mends(): ReadonlyArray<Happening> {
    return [...this.lasting.values()].flatMap(({ mend, lasts }) => (lasts() ? [mend] : []))
  }

  /**
   * That nothing goes wrong any more. Were the world simply at rest when nothing but a fault can happen,
   * the last step before would take all faults away, wherever it is: it would commute with none.
   */
  get rest(): Happening {
    const [node] = this.sky.nodes
    if (node === undefined) throw new Error("a world without nodes has no faults")
    return {
      id: "rest",
      node,
      kind: "rest",
      frame: undefined,
      stands: () => this.left > 0,
      happen: () => this.stop(),
      causes: () => [],
    }
  }

  /** Lets nothing go wrong any more. */
  stop(): void {
    this.left = 0
  }

  private isLeft(kind: FaultKind): boolean {
    return (this.spent.get(kind) ?? 0) < (this.budgets[kind]?.times ?? 0)
  }

  private mayStrike(kind: FaultKind, what: string): boolean {
    const on = this.budgets[kind]?.on
    return on === undefined || on.includes(what)
  }

  private ofKind(kind: FaultKind): ReadonlyArray<Happening> {
    switch (kind) {
      case "full":
        return this.fulls
      case "duplicate":
      case "reorder":
      case "drop":
        return this.messages(kind)
      case "partition":
        return this.partitions
      default:
        return this.sky.nodes.flatMap((node) =>
          this.mayStrike(kind, node.name) && this.isPossible(kind, node)
            ? [this.toNode(kind, node)]
            : [],
        )
    }
  }

  private isPossible(kind: NodeFault, node: WorldNode): boolean {
    const { name, alive, frozen, skewed } = node
    const { network, weather } = this.sky
    switch (kind) {
      case "cut":
        return network.partners(name).length > 0
      case "crash":
        return alive
      case "restart":
        return weather.canRestart(name)
      case "freeze":
        return alive && !frozen
      case "skew":
        return alive && !skewed
    }
  }

  private toNode(kind: NodeFault, node: WorldNode): Happening {
    const { weather, network } = this.sky
    const { name } = node
    const possible = (): boolean => this.isPossible(kind, node)
    return this.fault(kind, name, node, possible, (number) => {
      switch (kind) {
        case "cut":
          for (const other of network.partners(name)) weather.cut(name, other)
          return
        case "freeze":
          weather.freeze(name)
          return this.lasts(
            name,
            `thaw ${name}#${number}`,
            node,
            () => node.frozen,
            () => weather.thaw(name),
          )
        case "skew":
          return weather.skew(name)
        case "crash":
          return weather.crash(name)
        case "restart":
          return weather.restart(name)
      }
    })
  }

  /** Both ways, and either way alone, between each that may be struck and whom it speaks with. */
  private get partitions(): ReadonlyArray<Happening> {
    const { network, weather, nodes } = this.sky
    const struck = nodes.filter(({ name }) => this.mayStrike("partition", name))
    return struck.flatMap(({ name }, place) =>
      network
        .partners(name)
        .filter((other) => !struck.slice(0, place).some((before) => before.name === other))
        .filter((other) => !weather.isParted(name, other))
        .flatMap((other) => [
          this.partition({ one: name, other, bothWays: true }),
          this.partition({ one: name, other, bothWays: false }),
          this.partition({ one: other, other: name, bothWays: false }),
        ]),
    )
  }

  private partition(partition: Partition): Happening {
    const { weather, network, nodes } = this.sky
    const { one, other, bothWays } = partition
    // It speaks with somebody, so it is there.
    const node = nodes.find(({ name }) => name === one) as WorldNode
    const between = `${one}${bothWays ? "<" : ""}>${other}`
    const possible = (): boolean =>
      !weather.isParted(one, other) && network.partners(one).includes(other)
    return this.fault("partition", between, node, possible, (number) => {
      weather.partition(partition)
      this.lasts(
        [one, other].toSorted().join(" "),
        `heal ${between}#${number}`,
        node,
        () => weather.isParted(one, other),
        () => weather.heal(one, other),
      )
    })
  }

  private get fulls(): ReadonlyArray<Happening> {
    const { nodes, network, weather } = this.sky
    return nodes.flatMap((from) =>
      nodes.flatMap(({ name: to }) => {
        const link = `${from.name}>${to}`
        const possible = (): boolean => network.isFillable(from.name, to)
        return this.mayStrike("full", link) && possible()
          ? [this.fault("full", link, from, possible, () => weather.fill(from.name, to))]
          : []
      }),
    )
  }

  /**
   * The fates of what arrives next on each link, other than to arrive. That a message is loosened, and
   * not that a later one overtakes it, is the fault: it can be from when the message can arrive until
   * it does, and not only once there is a later one.
   */
  private messages(kind: "drop" | "duplicate" | "reorder"): ReadonlyArray<Happening> {
    return [...this.sky.links.all].flatMap((link) => {
      const [next] = link.next
      if (next?.frame === undefined || next !== link.first || !this.mayStrike(kind, link.name)) {
        return []
      }
      const { frame, causes, stands } = next
      const fault = this.fault(kind, next.id, link.to, stands, () => {
        this.sky.weather.harm("message", link.from, link.to.name)
        if (kind === "drop") link.drop()
        else if (kind === "reorder") link.loosen(next)
        else link.double(next)
      })
      return [{ ...fault, frame, causes }]
    })
  }

  private fault(
    kind: FaultKind,
    what: string,
    node: WorldNode,
    possible: () => boolean,
    happen: (number: number) => void,
  ): Happening {
    const name = `${kind} ${what}`
    const number = (this.times.get(name) ?? 0) + 1
    return {
      // A message is numbered already.
      id: what.includes("#") ? name : `${name}#${number}`,
      node,
      kind: "fault",
      frame: undefined,
      stands: () => this.left > 0 && this.isLeft(kind) && possible(),
      happen: () => {
        this.left--
        this.spent.set(kind, (this.spent.get(kind) ?? 0) + 1)
        this.times.set(name, number)
        happen(number)
      },
      causes: () => [],
    }
  }

  /** `what`: one thing of which only one lasts at a time, such as a node that stands still. */
  private lasts(
    what: string,
    id: string,
    node: WorldNode,
    lasts: () => boolean,
    end: () => void,
  ): void {
    const mend: Happening = {
      id,
      node,
      kind: "mend",
      frame: undefined,
      stands: lasts,
      happen: end,
      causes: () => [],
    }
    this.lasting.set(what, { mend, lasts })
  }
}

type NodeFault = "cut" | "crash" | "restart" | "freeze" | "skew"
