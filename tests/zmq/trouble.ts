/**
 * A town in which processes of every role are killed, stopped and started again at random, while tasks
 * run and are cancelled. What is wrong is told by what the tasks have written.
 */
import { TaskCancelled, TaskLost } from "@scaler-ts/future/promise"
import type { ChildProcess } from "node:child_process"
import { setTimeout } from "node:timers/promises"
import { type Next, nextFrom, pick } from "../../packages/protocol/test/mutate.ts"
import { linesOf } from "../../packages/worker/test/fixtures/processEvidence.ts"
import { type Shift, tasks } from "./fixtures/tasks.ts"
import { noteStopped, notesOf } from "./notes.ts"
import { begun, kill, Town } from "./Town.ts"

export interface TroubleOptions {
  readonly seed: number
  /** No more trouble and no more tasks from then on, by `performance.now()`. */
  readonly untilMs: number
  /** How much there is of it; as much as the machine can do unless told otherwise. */
  readonly pace?: Pace
}

export interface Pace {
  readonly inFlight: number
  /** How long most tasks take at most. */
  readonly taskMs: number
  /** How long nothing goes wrong with workers, or with clients, at most; with the scheduler it is 8 times that. */
  readonly pauseMs: number
}

export interface TroubleSum {
  /** How often what has happened, for people. */
  readonly happened: Readonly<Record<string, number>>
  readonly wrong: ReadonlyArray<string>
}

const workerNames = ["first", "second", "third"]
const slots = 4
const full: Pace = { inFlight: 200, taskMs: 30, pauseMs: 1_000 }
/** More than this soak can lose of one task. */
const attemptsMax = 1_000_000

const endOf = (error: unknown): string => {
  if (error instanceof TaskLost) return `lost, ${error.reason}`
  return error instanceof TaskCancelled ? "cancelled" : `failed, ${String(error)}`
}

/** How one that is cancelled may end. */
const isOfCancel = (how: string): boolean =>
  how === "cancelled" || (how.startsWith("lost") && how !== "lost, workerDied")

export const withTrouble = async ({
  seed,
  untilMs,
  pace = full,
}: TroubleOptions): Promise<TroubleSum> => {
  const { inFlight, taskMs, pauseMs } = pace
  await using town = await Town.open()
  const trouble = new Trouble(town, nextFrom(seed))
  await trouble.begin()
  const client = await town.client({ rejoinMs: 120_000 })
  const next = nextFrom(seed + 1)
  let last = 0
  const mayGoOn = (): boolean => performance.now() < untilMs

  const one = async (number: number): Promise<void> => {
    // Some take longer than it takes a scheduler to start again.
    const input = { file: trouble.file, number, ms: next(20) === 0 ? next(4_000) : next(taskMs) }
    const future = client.submit(tasks.note, input, { attemptsMax })
    const isToBeCancelled = next(10) === 0
    const ended = future.then(
      (value) => trouble.ended(number, value === number ? "returned" : `returned ${value}`),
      (error: unknown) => trouble.ended(number, endOf(error)),
    )
    if (isToBeCancelled) {
      await setTimeout(next(4) === 0 ? next(4_000) : next(2 * taskMs))
      const { _tag } = await future.cancel()
      if (_tag === "Stopped") noteStopped(trouble.file, number)
      trouble.count(`receipt ${_tag}`)
      trouble.cancelled.add(number)
    }
    await ended
  }
  const many = async (): Promise<void> => {
    while (mayGoOn()) await one(last++)
  }
  const lanes = Array.from({ length: inFlight }, many)
  await trouble.goOn(mayGoOn, pauseMs)
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

  /** At the same time for those of each role, one thing after the other: what was ended is started again. */
  async goOn(mayGoOn: () => boolean, pauseMs: number): Promise<void> {
    const oneAfterTheOther = async (some: () => Promise<void>, rare = 1): Promise<void> => {
      while (mayGoOn()) {
        await setTimeout(this.next(rare * pauseMs))
        await some()
      }
    }
    await Promise.all([
      // Without a scheduler nothing else happens.
      oneAfterTheOther(() => this.ofScheduler(), 8),
      oneAfterTheOther(() => this.ofWorkers()),
      oneAfterTheOther(() => this.ofClients()),
    ])
  }

  private async ofScheduler(): Promise<void> {
    const { next, town } = this
    if (next(3) === 0) return this.standStill(town.scheduler, "scheduler")
    this.count("scheduler killed")
    await town.killScheduler()
    await setTimeout(next(500))
    await town.startScheduler()
  }

  private async ofWorkers(): Promise<void> {
    const name = pick(workerNames, this.next)
    const worker = this.workers.get(name)
    if (worker?.pid === undefined) return
    this.excused.add(worker.pid)
    if (this.next(2) === 0) return this.standStill(worker, "worker")
    this.count("worker killed")
    await kill(worker)
    this.workers.set(name, await this.started(() => this.town.worker(name, slots)))
  }

  private async ofClients(): Promise<void> {
    this.count("client killed")
    const shift = this.town.newShift()
    this.shifts.push(shift)
    const asking = await this.started(() => this.town.asking(shift))
    await begun(shift, 1)
    await kill(asking)
  }

  /** Whoever comes to a scheduler that is killed just then ends, and is started again. */
  private async started(start: () => Promise<ChildProcess>): Promise<ChildProcess> {
    for (;;) {
      try {
        return await start()
      } catch {
        this.count("had nobody to come to")
      }
    }
  }

  /** Nothing goes wrong any more, and whoever killed itself of fright is there again. */
  async end(): Promise<void> {
    for (const name of workerNames) {
      const { exitCode = 0, signalCode = null } = this.workers.get(name) ?? {}
      if (exitCode === null && signalCode === null) continue
      this.count("worker started again")
      this.workers.set(name, await this.started(() => this.town.worker(name, slots)))
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
    const { begun: times, atOnce, lies, running } = notesOf(this.file, this.excused)
    const wrong = [
      ...goOn.map(({ file }) => `${file} goes on, and its client was killed`),
      ...atOnce.map((what) => `twice at once: ${what}`),
      ...lies.map((what) => `lied: ${what}`),
      ...running.map((number) => `${number} still runs, and has ended for its client`),
    ]
    for (let number = 0; number < submitted; number++) {
      const how = this.ends.get(number)
      const isCancelled = this.cancelled.has(number)
      const isFine = how === "returned" || (isCancelled && how !== undefined && isOfCancel(how))
      if (!isFine) wrong.push(`${number} ended as ${how ?? "nothing"}`)
      if (how === "returned" && !times.has(number)) wrong.push(`${number} returned and never ran`)
    }
    for (const [number, count] of times) {
      if (count > 1) this.count("task run again")
      if (number >= submitted) wrong.push(`${number} ran, and nobody submitted it`)
    }
    return { happened: { submitted, ...this.happened }, wrong }
  }
}
