/**
 * All of `cells`, at the same time: workers and clients that are killed or stopped at one scheduler, and three
 * schedulers that are. Where tasks are is what the schedulers tell an operator, and when they ran what they wrote.
 */
import { ZmqTransport } from "@scaler-ts/adapter-zmq"
import { Operator } from "@scaler-ts/operator"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { ChildProcess } from "node:child_process"
import { writeFileSync } from "node:fs"
import { setTimeout } from "node:timers/promises"
import { Asker, type Order, type Said } from "./Asker.ts"
import { cells, roles, type State, states, ways } from "./cells.ts"
import type { Member } from "./fixtures/crew.ts"
import { tasks } from "./fixtures/stateTasks.ts"
import { Hand } from "./Hand.ts"
import { notesOf } from "./notes.ts"
import { Scene } from "./Scene.ts"
import { transportTimes } from "./times.ts"
import { kill, Town } from "./Town.ts"

/** Nothing here takes so long, and what never comes true is better named. */
const patienceMs = 90_000

const until = async (what: string, holds: () => boolean | Promise<boolean>): Promise<void> => {
  const untilMs = performance.now() + patienceMs
  while (!(await holds())) {
    if (performance.now() > untilMs) throw new Error(`it never came true that ${what}`)
    await setTimeout(10)
  }
}

const asked = <A>({ address }: Town, look: (operator: Operator) => Effect.Effect<A, Error>) => {
  const operator = Operator.layer.pipe(Layer.provide(ZmqTransport.layer(address, transportTimes)))
  return Effect.runPromise(Effect.provide(Effect.flatMap(Operator, look), operator))
}

/** What a scheduler says of tasks, by their ids. */
const statesAt = async (town: Town): Promise<ReadonlyMap<string, string>> => {
  const { tasks } = await asked(town, (operator) => operator.tasks({ limit: 1_000 }))
  return new Map(tasks.map(({ id, state }) => [id, state]))
}

/** How much each worker holds, by its name. */
const workersAt = async (town: Town): Promise<ReadonlyMap<string, number>> => {
  const { workers } = await asked(town, (operator) => operator.status)
  return new Map(workers.map(({ worker, held }) => [worker, held]))
}

const begun = [...states.slice(0, 5), "child"] as const

/** What is run again where an attempt is lost, before it may end. */
const again = ["running", "parent", "child"] as const

/** What each state is called by a scheduler, where there has been no trouble yet. */
const told: Partial<Record<State, string>> = {
  running: "running",
  cancelling: "cancelling",
  parent: "running",
  detached: "running",
  sent: "dispatched",
  recalling: "recalling",
  queued: "queued",
}

type Crew = Hand<Member, string>

interface Crews {
  /** In which nobody is killed or stopped. */
  readonly steady: Crew
  /** Which stands still while tasks are recalled from it. */
  readonly hanging: Crew
}

export class Play implements AsyncDisposable {
  readonly scenes: ReadonlyArray<Scene>
  /** What is wrong beside what becomes of each task. */
  readonly wrong: Array<string> = []
  private readonly towns: ReadonlyArray<Town>
  private readonly hands: Array<{ readonly child: ChildProcess }> = []
  /** The processes that are workers' or clients' of a scene alone. */
  private readonly victims = new Map<Scene, Crew | Hand<Order, Said>>()
  private readonly joined = new Set<string>()
  private readonly killed = new Set<number>()

  private constructor(towns: ReadonlyArray<Town>, scenes: ReadonlyArray<Scene>) {
    this.towns = towns
    this.scenes = scenes
  }

  static async open(): Promise<Play> {
    const [shared, ...others] = await Promise.all([0, 1, 2, 3].map(() => Town.open()))
    if (shared === undefined) throw new Error("there is no town")
    const scenes = roles.flatMap((role, of) =>
      ways.map((way, index) => {
        const town = role === "scheduler" ? (others[index] ?? shared) : shared
        return new Scene(of * ways.length + index, { role, way, town })
      }),
    )
    return new Play([shared, ...others], scenes)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Who was stopped would be waited for.
    for (const { scheduler } of this.towns) scheduler?.kill("SIGCONT")
    await Promise.all(this.hands.map(({ child }) => kill(child)))
    await Promise.all(this.towns.map((town) => town[Symbol.asyncDispose]()))
  }

  /** From the first task to the last. */
  async perform(): Promise<void> {
    const crews = { steady: this.crew(), hanging: this.crew() }
    await Promise.all(this.scenes.map((scene) => this.cast(scene, crews.steady)))
    await Promise.all(this.towns.map((town) => this.furnish(town, crews)))
    for (const scene of this.scenes) scene.submitAll()
    await until("all run that can", () =>
      this.scenes.every((scene) => begun.every((state) => scene.begun(state) === 1)),
    )
    for (const scene of this.scenes) {
      scene.order({ act: "cancel", number: scene.numberOf("cancelling") })
    }
    await this.recall(crews)
    await this.strike(crews.hanging)
    await this.comeBack()
    await this.finish()
  }

  /** Whoever is to be killed or stopped, and who does what they would otherwise. */
  private async cast(scene: Scene, steady: Crew): Promise<void> {
    const { role, town } = scene
    if (role === "worker") {
      const crew = this.crew()
      this.victims.set(scene, crew)
      await this.join(crew, scene.worker)
    } else {
      await this.join(steady, scene.worker)
    }
    if (role === "client") {
      const hand: Hand<Order, Said> = new Hand("asker", [town.address], (said) => scene.heard(said))
      this.hands.push(hand)
      this.victims.set(scene, hand)
      await hand.ready
      scene.order = (order) => hand.order(order)
    } else {
      const asker = new Asker(await town.client(), (said) => scene.heard(said))
      scene.order = (order) => asker.take(order)
    }
  }

  /** Who has the children of a town, and who is to be recalled from, whose one slot is taken. */
  private async furnish(town: Town, { steady, hanging }: Crews): Promise<void> {
    const here = this.scenes.filter((scene) => scene.town === town)
    const { address } = town
    const nursed = here.map((scene) => [scene.nursed, 100])
    const nurse = {
      name: "nurse",
      slots: 20,
      prefetch: 0,
      capabilities: Object.fromEntries(nursed),
    }
    await this.join(steady, { ...nurse, address })
    const recalled = here.filter(({ role }) => role !== "worker").map((one) => [one.recalled, 100])
    const capabilities = { ...Object.fromEntries(recalled), filler: 1 }
    await this.join(hanging, { address, name: "hanging", slots: 1, prefetch: 20, capabilities })
    const file = town.file("filler")
    const input = { file, number: 0, until: town.file("filled") }
    const client = await town.client()
    client.submit(tasks.hold, input, { capabilities: { filler: 1 } }).catch(() => {})
    await until("the filler runs", () => notesOf(file).begun.has(0))
  }

  /** A worker comes that is idle, and those who do not answer are asked to give it what waits at them. */
  private async recall({ steady, hanging }: Crews): Promise<void> {
    hanging.signal("SIGSTOP")
    for (const [{ role }, hand] of this.victims) if (role === "worker") hand.signal("SIGSTOP")
    for (const town of this.towns) {
      const here = this.scenes.filter((scene) => scene.town === town)
      const capabilities = Object.fromEntries(here.map(({ recalled }) => [recalled, 100]))
      const { address } = town
      await this.join(steady, { address, name: "late", slots: 20, prefetch: 0, capabilities })
      await until("tasks are in every state", async () => {
        const at = await statesAt(town)
        return here.every((scene) =>
          states.every((state) => [undefined, at.get(scene.idOf(state))].includes(told[state])),
        )
      })
    }
  }

  /** What ends now is told to nobody before the blow. */
  private async strike(hanging: Crew): Promise<void> {
    for (const { scheduler } of this.towns) scheduler?.kill("SIGSTOP")
    for (const scene of this.scenes) scene.release("ended")
    for (const [{ role }, hand] of this.victims) if (role === "worker") hand.signal("SIGCONT")
    await until("those have ended that are not told", () =>
      this.scenes.every((scene) => scene.hasEnded("ended")),
    )
    for (const [scene, hand] of this.victims) {
      if (scene.way !== "killed") hand.signal("SIGSTOP")
      else {
        if (scene.role === "worker") this.killed.add(hand.pid)
        await kill(hand.child)
      }
    }
    const [shared] = this.towns
    shared?.scheduler?.kill("SIGCONT")
    hanging.signal("SIGCONT")
    await setTimeout(300)
  }

  /** Who was stopped goes on, and who was killed is started again, when that has been noticed. */
  private async comeBack(): Promise<void> {
    await Promise.all(
      this.scenes.map(async (scene) => {
        await this.resume(scene)
        scene.release("cancelling", "detached")
        const wanted = cells[scene.role][scene.way]
        await until(`what ran runs again: ${scene.name}`, () =>
          again.every((state) => scene.begun(state) >= Number(wanted[state][0]?.at(-1))),
        )
        scene.releaseAll()
      }),
    )
  }

  private async resume(scene: Scene): Promise<void> {
    const { name, role, town, way } = scene
    const hand = this.victims.get(scene)
    if (way === "killed" && role === "client") {
      await until(`it is stopped: ${name}`, () => again.every((state) => scene.hasEnded(state)))
      const future = (await town.client()).attach(scene.idOf("detached"), tasks.hold)
      const number = scene.numberOf("detached")
      void future.then((value) => scene.heard({ number, end: value === number ? "returned" : "?" }))
    } else if (way === "killed" && role === "worker") {
      await until(`it is gone: ${name}`, async () => !(await workersAt(town)).has(name))
      await this.join(this.crew(), scene.worker)
    } else if (way === "killed") {
      await town.killScheduler()
      await town.startScheduler()
    } else {
      if (way === "stopped for too long") await this.untilGivenUp(scene)
      hand?.signal("SIGCONT")
      // Or a slot comes free, and something begins there that is not its own any more.
      if (way === "stopped for too long" && role === "worker") {
        await until(`it has heard that it is given up: ${name}`, () => scene.hasEnded("running"))
      }
      if (role === "scheduler") town.scheduler?.kill("SIGCONT")
    }
  }

  private untilGivenUp(scene: Scene): Promise<void> {
    const { name, role, town } = scene
    return until(`it is given up: ${name}`, async () => {
      if (role === "scheduler") return scene.hasEnded("running")
      if (role === "worker") return !(await workersAt(town)).has(name)
      return !(await statesAt(town)).has(scene.idOf("queued"))
    })
  }

  /** All ends are told, and nothing is left. */
  private async finish(): Promise<void> {
    for (const scene of this.scenes) {
      const isNobody = scene.role === "client" && scene.way === "killed"
      const waited = isNobody ? (["detached"] as const) : states.slice(0, 8)
      await until(`all has ended: ${scene.name}`, () => waited.every((one) => scene.isTold(one)))
    }
    for (const town of this.towns) {
      writeFileSync(town.file("filled"), "")
      await until("nothing is left", async () => {
        const held = [...(await workersAt(town)).values()]
        return (await statesAt(town)).size === 0 && held.every((count) => count === 0)
      })
      const { atOnce, lies, running } = notesOf(town.file("notes"), this.killed)
      this.wrong.push(...atOnce, ...lies, ...running.map((number) => `${number} still runs`))
    }
  }

  private crew(): Crew {
    const crew: Crew = new Hand("crew", [], (who) => this.joined.add(who))
    this.hands.push(crew)
    return crew
  }

  /** A worker comes, for the first time or under the name of one that is gone. */
  private async join(crew: Crew, member: Member): Promise<void> {
    const who = `${member.name} at ${member.address}`
    this.joined.delete(who)
    await crew.ready
    crew.order(member)
    await until(`${who} has come`, () => this.joined.has(who))
  }
}
