/**
 * A toy protocol with every kind of trouble: client, scheduler and workers, a submit and a cancel per
 * task, a function that may end at any time, messages that may be dropped or doubled.
 *
 * Small enough that its classes are known by number, counted by searches that share no code with this
 * one, so a search that misses or doubles one is seen.
 */
import type { Footprint, Happening, System } from "@scaler-ts/testkit/search"

export interface ToyOptions {
  readonly tasks: number
  readonly workers: number
  readonly drops?: number
  readonly doubles?: number
  /** The scheduler confirms a cancel without asking the worker. */
  readonly lies?: boolean
}

interface Message {
  readonly kind: "submit" | "cancel" | "dispatch" | "stop" | "result" | "stopped" | "tooLate"
  readonly task: number
}

interface InFlight {
  readonly name: string
  readonly message: Message
  readonly sentAt: number
}

interface Link {
  readonly from: string
  readonly to: string
  readonly queue: Array<InFlight>
  sent: number
  movedAt: number
}

interface ToyHappening extends Happening {
  readonly happen: () => void
  readonly node: string
  readonly causes: ReadonlyArray<number>
  readonly spends?: boolean
}

interface Running {
  readonly task: number
  readonly number: number
  readonly since: number
}

const budgetBit = 1 << 20

export class Toy implements System<ToyHappening> {
  /** What the client was told about each task, in order. */
  readonly told = new Map<number, Array<string>>()
  /** The tasks whose function reached its end. */
  readonly ran = new Set<number>()
  private readonly options: ToyOptions
  private readonly links = new Map<string, Link>()
  private readonly placed = new Set<number>()
  private readonly running = new Map<string, Array<Running>>()
  private readonly bits = new Map<string, number>()
  private started = 0
  private spoken = 0
  private spokenAt = -1
  private step = -1
  private drops: number
  private doubles: number

  constructor(options: ToyOptions) {
    this.options = options
    this.drops = options.drops ?? 0
    this.doubles = options.doubles ?? 0
    const names = Array.from({ length: options.workers }, (_, index) => `w${index}`)
    for (const [place, name] of ["client", "scheduler", ...names].entries()) {
      this.bits.set(name, 1 << place)
    }
    for (const name of names) this.running.set(name, [])
  }

  /** A cancel that was confirmed, of a task that ran to its end, or a task that ended twice. */
  get wrong(): string | undefined {
    for (const [task, told] of this.told) {
      if (told.length !== 1) return `task ${task} ended ${told.length} times`
      if (told[0] === "stopped" && this.ran.has(task)) return `task ${task} was stopped, yet it ran`
    }
    return undefined
  }

  enabled(): ReadonlyArray<ToyHappening> {
    const { tasks } = this.options
    const all: Array<ToyHappening> = []
    if (this.spoken < 2 * tasks) {
      all.push({
        id: `client#${this.spoken}`,
        node: "client",
        causes: [this.spokenAt],
        happen: () => this.speak(),
      })
    }
    for (const [name, [first]] of this.running) {
      if (first === undefined) continue
      all.push({
        id: `${name} ends #${first.number}`,
        node: name,
        causes: [first.since],
        happen: () => this.end(name, first),
      })
    }
    for (const link of this.links.values()) all.push(...this.fatesOf(link))
    return all
  }

  apply({ happen, node, causes, spends = false }: ToyHappening): Footprint {
    this.step++
    happen()
    const acts = (this.bits.get(node) ?? 0) | (spends ? budgetBit : 0)
    return { acts, sees: 0, causes, isLast: false }
  }

  private fatesOf(link: Link): ReadonlyArray<ToyHappening> {
    const [first] = link.queue
    if (first === undefined) return []
    const name = `${link.from}>${link.to}#${first.name}`
    const causes = [first.sentAt, link.movedAt]
    const fate = (id: string, happen: () => void, spends = false): ToyHappening => ({
      id: `${id} ${name}`,
      node: link.to,
      causes,
      spends,
      happen: () => {
        link.queue.shift()
        link.movedAt = this.step
        happen()
      },
    })
    const fates = [fate("hear", () => this.hear(link, first.message))]
    if (this.drops > 0) fates.push(fate("drop", () => void this.drops--, true))
    if (this.doubles > 0) {
      fates.push(
        fate(
          "double",
          () => {
            this.doubles--
            link.queue.unshift({ ...first, name: `${first.name}'` }, first)
          },
          true,
        ),
      )
    }
    return fates
  }

  private speak(): void {
    const task = this.spoken >> 1
    const kind = this.spoken % 2 === 0 ? "submit" : "cancel"
    this.spoken++
    this.spokenAt = this.step
    this.send("client", "scheduler", { kind, task })
  }

  private end(name: string, { task, number }: Running): void {
    const left = this.running.get(name)?.filter((one) => one.number !== number) ?? []
    this.running.set(name, left)
    this.ran.add(task)
    this.send(name, "scheduler", { kind: "result", task })
  }

  private hear({ to }: Link, message: Message): void {
    const { task, kind } = message
    const worker = `w${task % this.options.workers}`
    if (to === "client") {
      const told = this.told.get(task) ?? []
      this.told.set(task, [...told, kind])
    } else if (to !== "scheduler") {
      this.hearAtWorker(to, message)
    } else if (kind === "submit") {
      this.placed.add(task)
      this.send("scheduler", worker, { kind: "dispatch", task })
    } else if (kind === "cancel") {
      this.send("scheduler", this.placed.has(task) ? worker : "w0", { kind: "stop", task })
      if (this.options.lies === true) this.send("scheduler", "client", { kind: "stopped", task })
    } else if (kind === "result" || (kind === "stopped" && this.options.lies !== true)) {
      this.send("scheduler", "client", { kind, task })
    }
  }

  private hearAtWorker(name: string, { kind, task }: Message): void {
    const running = this.running.get(name) ?? []
    if (kind === "dispatch") {
      this.running.set(name, [...running, { task, number: this.started++, since: this.step }])
      return
    }
    const found = running.findLast((one) => one.task === task)
    this.running.set(
      name,
      running.filter((one) => one !== found),
    )
    this.send(name, "scheduler", { kind: found === undefined ? "tooLate" : "stopped", task })
  }

  private send(from: string, to: string, message: Message): void {
    const key = `${from}>${to}`
    let link = this.links.get(key)
    if (link === undefined) {
      link = { from, to, queue: [], sent: 0, movedAt: -1 }
      this.links.set(key, link)
    }
    link.queue.push({ name: String(link.sent++), message, sentAt: this.step })
  }
}
