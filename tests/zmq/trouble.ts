/**
 * A town in which processes of every role are killed, stopped and started again at random, while tasks
 * run and are cancelled. What is wrong is told by what the tasks have written.
 */
import { TaskLost } from "@scaler-ts/future/promise"
import type { ChildProcess } from "node:child_process"
import { setTimeout } from "node:timers/promises"
import { type Next, nextFrom, pick } from "../../packages/protocol/test/mutate.ts"
import { linesOf } from "../../packages/worker/test/fixtures/processEvidence.ts"
import { type Shift, tasks } from "./fixtures/tasks.ts"
import { notesOf } from "./notes.ts"
import { begun, kill, Town } from "./Town.ts"

export interface TroubleOptions {
  readonly seed: number
  /** No more trouble and no more tasks from then on, by `performance.now()`. */
  readonly untilMs: number
}

export interface TroubleSum {
  /** How often what has happened, for people. */
  readonly happened: Readonly<Record<string, number>>
  readonly wrong: ReadonlyArray<string>
}

const workerNames = ["first", "second", "third"]
const slots = 4
const inFlight = 200
/** More than this soak can lose of one task. */
const attemptsMax = 1_000_000

export const withTrouble = async ({ seed, untilMs }: TroubleOptions): Promise<TroubleSum> => {
  await using town = await Town.open()
  const trouble = new Trouble(town, nextFrom(seed))
  await trouble.begin()
  const client = await town.client({ rejoinMs: 120_000 })
  const next = nextFrom(seed + 1)
  let last = 0
  const mayGoOn = (): boolean => performance.now() < untilMs

  const one = async (number: number): Promise<void> => {
    // Some take longer than it takes a scheduler to start again.
    const input = { file: trouble.file, number, ms: next(20) === 0 ? next(4_000) : next(30) }
    const future = client.submit(tasks.note, input, { attemptsMax })
    const isToBeCancelled = next(10) === 0
    const ended = future.then(
      (value) => trouble.ended(number, value === number ? "returned" : `returned ${value}`),
      (error: unknown) =>
        trouble.ended(number, error instanceof TaskLost ? `lost, ${error.reason}` : "cancelled"),
    )
    if (isToBeCancelled) {
      await setTimeout(next(4) === 0 ? next(4_000) : next(60))
      const { _tag } = await future.cancel()
      trouble.count(`receipt ${_tag}`)
      trouble.cancelled.add(number)
    }
    await ended
  }
  const many = async (): Promise<void> => {
    while (mayGoOn()) await one(last++)
  }
  const lanes = Array.from({ length: inFlight }, many)
  while (mayGoOn()) await trouble.some()
  await trouble.end()
  await Promise.all(lanes)
  const sum = await trouble.judged(last)
  return sum
}

class Trouble {
  readonly file: string
  readonly cancelled = new Set<number>()
  private readonly town: Town
  private readonly next: Next
  private readonly workers = new Map<string, ChildProcess>()
  /** Processes of which nobody knows what they run while they are lost. */
  private readonly excused = new Set<number>()
  private readonly happened: Record<string, number> = {}
  private readonly ends = new Map<number, string>()
  private readonly shifts: Array<Shift> = []

  constructor(town: Town, next: Next) {
    this.town = town
    this.next = next
    this.file = town.file("notes")
  }

  async begin(): Promise<void> {
    for (const name of workerNames) this.workers.set(name, await this.town.worker(name, slots))
  }

  count(what: string): void {
    this.happened[what] = (this.happened[what] ?? 0) + 1
  }

  ended(number: number, how: string): void {
    this.count(how)
    this.ends.set(number, how)
  }

  /** One more thing goes wrong, and what was ended is started again. */
  async some(): Promise<void> {
    const { next, town } = this
    await setTimeout(next(600))
    switch (next(6)) {
      case 0:
      case 1: {
        this.count("scheduler killed")
        await town.killScheduler()
        await setTimeout(next(500))
        await town.startScheduler()
        return
      }
      case 2:
        return this.standStill(town.scheduler, "scheduler")
      case 3: {
        const name = pick(workerNames, next)
        const worker = this.workers.get(name)
        if (worker?.pid === undefined) return
        this.count("worker killed")
        this.excused.add(worker.pid)
        await kill(worker)
        this.workers.set(name, await town.worker(name, slots))
        return
      }
      case 4: {
        const worker = this.workers.get(pick(workerNames, next))
        if (worker?.pid === undefined) return
        this.excused.add(worker.pid)
        return this.standStill(worker, "worker")
      }
      default: {
        this.count("client killed")
        const shift = town.newShift()
        this.shifts.push(shift)
        const asking = await town.asking(shift)
        await begun(shift, 1)
        await kill(asking)
      }
    }
  }

  /** Nothing goes wrong any more, and whoever killed itself of fright is there again. */
  async end(): Promise<void> {
    for (const name of workerNames) {
      const { exitCode = 0, signalCode = null } = this.workers.get(name) ?? {}
      if (exitCode === null && signalCode === null) continue
      this.count("worker started again")
      this.workers.set(name, await this.town.worker(name, slots))
    }
  }

  private async standStill(child: ChildProcess | undefined, role: string): Promise<void> {
    this.count(`${role} stopped`)
    child?.kill("SIGSTOP")
    // Sometimes for longer than it takes to be given up.
    await setTimeout(this.next(4) === 0 ? 4_500 : this.next(1_500))
    child?.kill("SIGCONT")
  }

  async judged(submitted: number): Promise<TroubleSum> {
    const before = this.shifts.map(({ file }) => linesOf(file).length)
    await setTimeout(200)
    const goOn = this.shifts.filter(({ file }, index) => linesOf(file).length !== before[index])
    const { begun: times, atOnce, running } = notesOf(this.file, this.excused)
    const wrong = [
      ...goOn.map(({ file }) => `${file} goes on, and its client was killed`),
      ...atOnce.map((what) => `twice at once: ${what}`),
      ...[...running].map((number) => `${number} still runs, and has ended for its client`),
    ]
    for (let number = 0; number < submitted; number++) {
      const how = this.ends.get(number)
      const isCancelled = this.cancelled.has(number)
      const isFine = how === "returned" || (isCancelled && how !== "lost, workerDied")
      if (how === undefined || !isFine) wrong.push(`${number} ended as ${how ?? "nothing"}`)
      if (how === "returned" && !times.has(number)) wrong.push(`${number} returned and never ran`)
    }
    for (const [number, count] of times) {
      if (count > 1) this.count("task run again")
      if (number >= submitted) wrong.push(`${number} ran, and nobody submitted it`)
    }
    return { happened: { submitted, ...this.happened }, wrong }
  }
}
