/** One who is to be killed or stopped, and tasks of theirs, one in each state. */
import { writeFileSync } from "node:fs"
import { linesOf } from "../../packages/worker/test/fixtures/processEvidence.ts"
import type { Order, Said } from "./Asker.ts"
import { type Role, type State, states, type Way } from "./cells.ts"
import type { Member } from "./fixtures/crew.ts"
import type { tasks } from "./fixtures/stateTasks.ts"
import { noteStopped, notesOf } from "./notes.ts"
import type { Town } from "./Town.ts"

/** What waits in front of `sent`, for the slot that `ended` leaves. */
const plug = states.length
const numbersOfOne = 20

export class Scene {
  readonly role: Role
  readonly way: Way
  readonly town: Town
  /** The worker that holds its tasks, which offers this to nobody else. */
  readonly name: string
  /** What `recalling` needs: offered by whoever holds that, and by whoever comes later. */
  readonly recalled: string
  /** What `child` needs. */
  readonly nursed: string
  /** Whoever submits, and cancels. */
  order: (order: Order) => void = () => {}
  private readonly said = new Map<number, Said>()
  private readonly first: number

  constructor(index: number, { role, way, town }: Pick<Scene, "role" | "way" | "town">) {
    this.role = role
    this.way = way
    this.town = town
    this.name = `${role}, ${way}`
    this.recalled = `recalled of ${this.name}`
    this.nursed = `child of ${this.name}`
    this.first = index * numbersOfOne
  }

  get notes(): string {
    return this.town.file("notes")
  }

  /** With a place for each that runs, and for those that are sent before they can. */
  get worker(): Member {
    const { name, recalled, town } = this
    const holdsAll = this.role === "worker"
    return {
      address: town.address,
      name,
      slots: 5,
      prefetch: holdsAll ? 3 : 2,
      capabilities: { [name]: 100, ...(holdsAll ? { [recalled]: 100 } : {}) },
    }
  }

  numberOf(state: State): number {
    return this.first + states.indexOf(state)
  }

  idOf(state: State): string {
    return this.said.get(this.numberOf(state))?.id ?? "not submitted"
  }

  submitAll(): void {
    for (const state of states.slice(0, 5)) this.submit(state)
    this.submitAs("hold", this.first + plug, this.name)
    for (const state of states.slice(5, 8)) this.submit(state)
  }

  private submit(state: State): void {
    const task = state === "parent" ? "parent" : state === "cancelling" ? "linger" : "hold"
    const need = state === "recalling" ? this.recalled : this.name
    this.submitAs(task, this.numberOf(state), need, state === "detached")
  }

  private submitAs(task: keyof typeof tasks, number: number, need: string, detached = false): void {
    const child = { hold: this.inputOf(this.numberOf("child")), needs: { [this.nursed]: 1 } }
    const input = { ...this.inputOf(number), ...(task === "parent" ? { child } : {}) }
    this.order({ act: "submit", task, input, options: { detached, capabilities: { [need]: 1 } } })
  }

  private inputOf(number: number) {
    return { file: this.notes, number, until: this.untilOf(number) }
  }

  private untilOf(number: number): string {
    return this.town.file(`until-${number}`)
  }

  /** Lets it end by itself, or stop at last. */
  release(...which: ReadonlyArray<State>): void {
    for (const state of which) writeFileSync(this.untilOf(this.numberOf(state)), "")
  }

  releaseAll(): void {
    this.release(...states)
    writeFileSync(this.untilOf(this.first + plug), "")
  }

  heard(said: Said): void {
    this.said.set(said.number, { ...this.said.get(said.number), ...said })
    if (said.receipt === "Stopped") noteStopped(this.notes, said.number)
  }

  begun(state: State): number {
    return notesOf(this.notes).begun.get(this.numberOf(state)) ?? 0
  }

  /** Whether an attempt of it has. */
  hasEnded(state: State): boolean {
    const ends = `${this.numberOf(state)} ends`
    return linesOf(this.notes).some((line) => line.startsWith(ends))
  }

  /** Whether its future has ended, and its cancel been answered. */
  isTold(state: State): boolean {
    const { end, receipt } = this.said.get(this.numberOf(state)) ?? {}
    return end !== undefined && (state !== "cancelling" || receipt !== undefined)
  }

  /** As `cells` has it. */
  outcomeOf(state: State): string {
    const { end, receipt } = this.said.get(this.numberOf(state)) ?? {}
    return [receipt ?? end, this.begun(state)].filter((part) => part !== undefined).join(" ")
  }
}
