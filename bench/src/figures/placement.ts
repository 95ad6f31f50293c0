/** P8: what placing a task costs, however many wait, and how good the places are, beside a first-in first-out line. */
import process from "node:process"
import { Measured, type Take } from "../Figure.ts"
import { interleave, samplesOf } from "../harness.ts"
import { type Dispatched, PlacementWorld } from "../PlacementWorld.ts"

const plain = { name: "work", capabilities: {} }
const demanding = { name: "work", capabilities: { gpu: 1 } }
const cyclesPerFigure = 20_000

export const takePlacement: Take = async ({ rounds }) => {
  const worlds = {
    small: busyWorld(1_000, 10, 10),
    manyClients: busyWorld(10_000, 10_000, 10),
    manyWorkers: busyWorld(10_000, 10, 1_000),
    everything: busyWorld(1_000_000, 10_000, 1_000),
  }
  const taken = await interleave(rounds, {
    small: async () => microsecondsPerTask(worlds.small),
    manyClients: async () => microsecondsPerTask(worlds.manyClients),
    manyWorkers: async () => microsecondsPerTask(worlds.manyWorkers),
    everything: async () => microsecondsPerTask(worlds.everything),
  })
  const base = "1,000 tasks, 10 clients, 10 workers"
  const perTask = (what: string, samples: typeof taken.small) =>
    new Measured(`placed, per task, ${what}`, "µs", samples)
  const limit = { atMost: 1.5 }
  const { shares, line } = qualities()
  const waits = turnsUntilPlaced(10_000)
  return [
    perTask(base, taken.small).alone(),
    perTask("10,000 clients", taken.manyClients).beside(base, taken.small, "P8", limit),
    perTask("1,000 workers", taken.manyWorkers).beside(base, taken.small, "P8", limit),
    perTask("both, and 1,000,000 tasks", taken.everything).beside(base, taken.small, "P8", limit),
    new Measured("share of the ideal makespan, skewed", "x", samplesOf(shares)).beside(
      "first in, first out",
      samplesOf(line),
    ),
    new Measured(
      "a client's only task behind 10,000, others first",
      "x",
      samplesOf([waits]),
    ).beside("first in, first out", samplesOf([10_000])),
  ]
}

interface Busy {
  readonly world: PlacementWorld
  readonly clients: number
  next: number
}

/** All workers are full, and so many tasks wait. */
const busyWorld = (tasks: number, clients: number, workers: number): Busy => {
  const world = new PlacementWorld()
  for (let client = 0; client < clients; client++) world.client(`c${client}`)
  for (let task = 0; task < tasks + 4 * workers; task++) world.submit(`c${task % clients}`, plain)
  for (let worker = 0; worker < workers; worker++) world.worker(`w${worker}`, 4)
  return { world, clients, next: 0 }
}

/** One ends, one comes, one is placed: so many times. In CPU time, which depends less on what else the machine does. */
const microsecondsPerTask = (busy: Busy): number => {
  const { world, clients } = busy
  const begin = process.cpuUsage()
  for (let cycle = 0; cycle < cyclesPerFigure;) {
    const running = world.dispatched
    world.dispatched = []
    for (const one of running) {
      world.end(one)
      world.submit(`c${busy.next++ % clients}`, plain)
      world.tables.placeAll()
    }
    cycle += running.length
  }
  const { user, system } = process.cpuUsage(begin)
  return (user + system) / cyclesPerFigure
}

const gpuWorkers = 4
const plainWorkers = 12
const taskCount = 2_000

/** Skewed: one task in ten needs a gpu, and a few are a hundred times as long as most. */
const skewed = (seed: number) => {
  let state = seed
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
  return Array.from({ length: taskCount }, () => ({
    task: random() < 0.1 ? demanding : plain,
    duration: Math.min(100, (1 - random()) ** -0.8),
  }))
}

type Job = ReturnType<typeof skewed>[number]

const qualities = (): { readonly shares: Array<number>; readonly line: Array<number> } => {
  const shares: Array<number> = []
  const line: Array<number> = []
  for (let seed = 1; seed <= 9; seed++) {
    const jobs = skewed(seed)
    shares.push(idealOf(jobs) / makespanOf(jobs))
    line.push(idealOf(jobs) / makespanInLine(jobs))
  }
  return { shares, line }
}

/** Nobody can be done sooner: all slots busy to the end, or those with a gpu, or the longest task. */
const idealOf = (jobs: ReadonlyArray<Job>): number => {
  const sum = (some: ReadonlyArray<Job>) =>
    some.reduce((total, { duration }) => total + duration, 0)
  const longest = Math.max(...jobs.map(({ duration }) => duration))
  const onGpu = jobs.filter(({ task }) => task === demanding)
  return Math.max(sum(jobs) / (gpuWorkers + plainWorkers), sum(onGpu) / gpuWorkers, longest)
}

const makespanOf = (jobs: ReadonlyArray<Job>): number => {
  const world = new PlacementWorld()
  world.client("c")
  for (const { task } of jobs) world.submit("c", task)
  for (let n = 0; n < gpuWorkers; n++) world.worker(`g${n}`, 1, { gpu: 1 })
  for (let n = 0; n < plainWorkers; n++) world.worker(`p${n}`, 1)
  const running: Array<{ readonly one: Dispatched; readonly at: number }> = []
  let now = 0
  for (;;) {
    for (const one of world.dispatched.splice(0)) {
      running.push({ one, at: now + (jobs[one.task.task - 1]?.duration ?? 0) })
    }
    running.sort((a, b) => b.at - a.at)
    const next = running.pop()
    if (next === undefined) return now
    now = next.at
    world.end(next.one)
    world.tables.placeAll()
  }
}

/** The first of the line takes the first slot that will do, and the others wait behind it. */
const makespanInLine = (jobs: ReadonlyArray<Job>): number => {
  const slots = Array.from({ length: gpuWorkers + plainWorkers }, (_, n) => ({
    hasGpu: n < gpuWorkers,
    until: 0,
  }))
  let now = 0
  for (const { task, duration } of jobs) {
    const able = slots.filter(({ hasGpu }) => hasGpu || task === plain)
    const slot = able.reduce((first, other) => (other.until < first.until ? other : first))
    now = Math.max(now, slot.until)
    slot.until = now + duration
  }
  return Math.max(...slots.map(({ until }) => until))
}

/** How many tasks of a client that came first are placed before the only one of another. */
const turnsUntilPlaced = (tasks: number): number => {
  const world = new PlacementWorld()
  for (const client of ["first", "second"]) world.client(client)
  for (let task = 0; task < tasks; task++) world.submit("first", plain)
  world.submit("second", { name: "other", capabilities: {} })
  world.worker("w", tasks + 1)
  return world.dispatched.findIndex(({ task }) => task.name === "other")
}
