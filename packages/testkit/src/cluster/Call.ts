/** One call of a job's function on a node: it ends when the explorer says so. */
import type { WorldNode } from "@scaler-ts/adapter-memory"
import type { JobEnd, ScriptedJob } from "./Job.ts"

/** Who is told what a call says, and how it ended. */
export interface CallTeller<A> {
  readonly log: (line: string) => void
  readonly done: (end: JobEnd<A>) => void
}

/** One call of a job's function on a node. */
export class Call<A> {
  private readonly job: ScriptedJob<A>
  private readonly node: WorldNode
  private readonly teller: CallTeller<A>
  private readonly label: string
  private readonly isOver: () => void
  private withdrawals: Array<() => void> = []
  private asked = false
  private over = false
  private held = false
  private said = 0

  constructor(job: ScriptedJob<A>, node: WorldNode, teller: CallTeller<A>) {
    this.job = job
    this.node = node
    this.teller = teller
    this.isOver = job.began(this, node)
    this.label = `${job.name} on ${node.name} #${node.nextNumber()}`
    const { mayDie = false, lines = 0 } = job.options
    if (lines > 0) this.offer("talks", () => this.talk())
    else this.mayEnd()
    if (mayDie) this.offer("dies", () => this.end({ _tag: "died" }))
  }

  /** Its executor makes it wait with what it says. */
  hold(): void {
    this.held = true
  }

  release(): void {
    if (!this.held) return
    this.held = false
    if (this.isTalking) this.node.later(() => this.talk())
    if (this.asked) this.mayStop()
  }

  private get isTalking(): boolean {
    return this.said < (this.job.options.lines ?? 0)
  }

  private talk(): void {
    if (this.over || !this.isTalking) return
    while (this.isTalking && !this.held) this.teller.log(`line ${++this.said}`)
    if (!this.isTalking) this.mayEnd()
  }

  private mayEnd(): void {
    const { ends = "any-time", mayFail = false, value } = this.job.options
    // Without a value the job is a `Job<void>`, so that is what it returns.
    const returned = (): void => this.end({ _tag: "returned", value: value as A })
    if (ends === "at-once") this.node.later(returned)
    if (ends === "any-time") {
      this.offer("returns", returned)
      if (mayFail) {
        this.offer("fails", () =>
          this.end({ _tag: "threw", error: new Error(`job "${this.job.name}" failed`) }),
        )
      }
    }
  }

  /** It is asked to stop: from now on it may, if it listens. Asking again changes nothing. */
  interrupt(): void {
    if (this.job.options.interruptible === false || this.over || this.asked) return
    this.asked = true
    // What waits with a line hears nothing.
    if (!this.held || !this.isTalking) this.mayStop()
  }

  private mayStop(): void {
    this.offer("stops", () => this.end({ _tag: "stopped" }))
  }

  /** What runs it is being ended: it exits, unless it is faster. */
  kill(): void {
    if (this.over) return
    this.node.withdraw(`${this.label} stops`)
    this.offer("exits", () => this.end({ _tag: "died" }))
  }

  /** It ends without anybody being told. */
  close(as: "finished" | "stopped"): void {
    if (this.over) return
    this.over = true
    for (const withdraw of this.withdrawals) withdraw()
    this.withdrawals = []
    this.job.over(this, as)
    this.isOver()
  }

  private end(end: JobEnd<A>): void {
    if (this.over) return
    this.close(end._tag === "returned" || end._tag === "threw" ? "finished" : "stopped")
    this.teller.done(end)
  }

  private offer(how: string, happen: () => void): void {
    this.withdrawals.push(this.node.offer(`${this.label} ${how}`, happen))
  }
}
