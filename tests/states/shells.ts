/** The shells of the searched world: what the real ones do with commands, as small as it can be. */
import { type ClientTask, type SchedulerTask, WorkerAttempt } from "@scaler-ts/protocol"
import type * as Owners from "../../packages/scheduler/src/Owners.ts"
import {
  type Attempt,
  type Config,
  type FromWorker,
  isWanted,
  nameOf,
  type ResultType,
  type Steps,
  type ToClient,
  type World,
  type WorkerShell,
} from "./world.ts"

/** The three shells of one world that is being changed. */
export class Shells {
  private readonly world: World
  private readonly config: Config
  private readonly steps: Steps

  constructor(world: World, config: Config, steps: Steps) {
    this.world = world
    this.config = config
    this.steps = steps
  }

  client(event: ClientTask.Event): void {
    const { client } = this.world
    if (client.future === undefined) return
    const rules = { policy: this.config.policy, closing: client.closing }
    const before = client.future
    const { state, commands } = this.steps.client(before, event, rules)
    client.future = state
    for (const command of commands) this.onClient(command, state)
  }

  private onClient(command: ClientTask.Command, after: ClientTask.State): void {
    const { client, facts, toScheduler } = this.world
    switch (command._tag) {
      case "SendCancel":
        if (client.session) toScheduler.push("TaskCancel")
        return
      case "StartBound":
        client.bound = true
        return
      case "StopBound":
        client.bound = false
        return
      case "Wait":
        client.waiters++
        return
      case "Answer":
        client.waiters = 0
        if (after._tag === "ended") facts.told = command.receipt
        return onAnswer(this.world, command.receipt)
      case "Reply":
        if (after._tag === "ended" && tagOf(after.receipt) !== tagOf(facts.told)) {
          throw new Error(
            `G4: asking again is answered ${tagOf(after.receipt)}, not ${tagOf(facts.told)}`,
          )
        }
        return
      case "End":
        facts.ends++
        if (facts.ends > 1) throw new Error("G1: a future ended twice")
        if (after._tag !== "ended" || after.end !== command.end) {
          throw new Error("G1: two observers see different ends")
        }
        if (command.end === "cancelled" && client.asks === 0 && !client.closing) {
          if (!facts.guestAsked) throw new Error("R41: cancelled, but no client ever cancelled")
        }
        return
      case "SendDetach":
        if (client.session) toScheduler.push("TaskDetach")
        return
      // There is one scheduler here: tests/races has restart.race.ts.
      case "SendAgain":
      case "ShowRunning":
      case "Ignore":
    }
  }

  scheduler(event: SchedulerTask.Event): void {
    const { scheduler } = this.world
    const { state, commands } = this.steps.scheduler(scheduler.task, event)
    scheduler.task = state
    for (const command of commands) this.onScheduler(command, event)
  }

  private onScheduler(command: SchedulerTask.Command, event: SchedulerTask.Event): void {
    const { facts, scheduler } = this.world
    switch (command._tag) {
      case "Queue":
        scheduler.queued = true
        return
      case "Unqueue":
        scheduler.queued = false
        return
      case "Dispatch": {
        if (!isWanted(this.world)) throw new Error("R22: dispatched, and nobody has it")
        if (facts.forced) throw new Error("G2: started again after a forced cancel")
        const worker = this.workerOf(command.worker)
        scheduler.queued = false
        worker.slotsTaken++
        worker.down.push({ _tag: "Task", attempt: command.attempt })
        return
      }
      case "SendCancel":
        if (command.force) facts.forced = true
        this.workerOf(command.worker).down.push({
          _tag: "TaskCancel",
          attempt: command.attempt,
          force: command.force,
        })
        return
      case "FreeSlot":
        this.workerOf(command.worker).slotsTaken--
        return
      case "StartTimeout":
        scheduler.timeout = this.config.budget.timeout > 0 ? command.attempt : 0
        return
      case "StopTimeout":
        scheduler.timeout = 0
        return
      case "ForwardStarted":
        return this.toClient({ _tag: "TaskStarted" })
      case "ForwardResult":
        // What the result was is in the message, not in the event; the one who delivers it says so.
        facts.resulted = true
        return this.toClient({ _tag: "TaskResult", type: this.arrived })
      case "ReportDied":
        return this.toClient({ _tag: "TaskResult", type: "failedWorkerDied" })
      case "ReportTimeout":
        return this.toClient({ _tag: "TaskResult", type: "failedTimeout" })
      case "Confirm":
        return this.toClient(command)
      case "Ignore":
        if (event._tag === "ResultArrived") {
          throw new Error("G5: the result of a live worker is dropped by the scheduler")
        }
    }
  }

  private toClient(message: ToClient): void {
    const { scheduler, client, toClient } = this.world
    if (scheduler.owners.submitter && client.session) toClient.push(message)
  }

  private workerOf(name: string): WorkerShell {
    const worker = this.world.workers[Number(name.slice(1))]
    if (worker === undefined) throw new Error(`no worker ${name}`)
    return worker
  }

  /** The type of the result that is being delivered to the scheduler. */
  private arrived: ResultType = "success"

  /** Hands the scheduler what a worker said; one that it does not know (any more) is not heard. */
  fromWorker(index: number, message: FromWorker): void {
    const worker = this.workerOf(nameOf(index))
    if (message._tag === "WorkerHello") {
      worker.known = true
      worker.slotsTaken = 0
      return
    }
    if (!worker.known) return // G9
    if (message._tag === "WorkerGoodbye") return this.loseWorker(index)
    const from = { worker: nameOf(index), attempt: message.attempt }
    switch (message._tag) {
      case "TaskStarted":
        return this.scheduler({ _tag: "Started", ...from })
      case "TaskResult":
        this.arrived = message.type
        return this.scheduler({ _tag: "ResultArrived", ...from })
      case "Confirm":
        if (message.type === "canceled") {
          return this.scheduler({ _tag: "Canceled", how: message.how, stopMs: 0, ...from })
        }
        return this.scheduler({
          _tag: message.type === "cancelFailed" ? "CancelFailed" : "CancelNotFound",
          ...from,
        })
    }
  }

  loseWorker(index: number): void {
    const worker = this.workerOf(nameOf(index))
    worker.known = false
    worker.slotsTaken = 0
    this.scheduler({ _tag: "WorkerLost", worker: nameOf(index) })
  }

  owners(event: Owners.Event): void {
    const { scheduler } = this.world
    const { state, commands } = this.steps.owners(scheduler.owners, event)
    scheduler.owners = state
    if (commands.length === 0) return
    if (isWanted(this.world))
      throw new Error("R49: lost by its owners, and somebody has it, or it is detached")
    this.scheduler({ _tag: "OwnerLost" })
  }

  /** Moves one attempt of a worker; an attempt that is `absent` is not kept. */
  attempt(index: number, attempt: number, event: WorkerAttempt.Event): void {
    const worker = this.workerOf(nameOf(index))
    const at = worker.attempts.findIndex((one) => one.attempt === attempt)
    const before = worker.attempts[at] ?? fresh(attempt)
    const { state, commands } = this.steps.worker(before.state, event)
    const after = commands.reduce<Attempt>((one, command) => this.onAttempt(worker, one, command), {
      ...before,
      state,
      over: before.over || endings.has(event._tag),
    })
    if (at >= 0) worker.attempts.splice(at, 1)
    if (state._tag !== "absent") worker.attempts.push(after)
    else if (after.grace) throw new Error("G7: a grace period runs on without its attempt")
  }

  /** What every attempt of a worker is told. */
  everyAttempt(index: number, event: WorkerAttempt.Event): void {
    for (const { attempt } of [...this.workerOf(nameOf(index)).attempts]) {
      this.attempt(index, attempt, event)
    }
  }

  private onAttempt(worker: WorkerShell, one: Attempt, command: WorkerAttempt.Command): Attempt {
    const { attempt } = one
    switch (command._tag) {
      case "Interrupt":
        return { ...one, interrupted: true }
      case "StartGrace":
        return { ...one, grace: true }
      case "StopGrace":
        return { ...one, grace: false }
      case "Kill":
        return { ...one, killing: true }
      case "SendStarted":
        this.fromAttempt(worker, { _tag: "TaskStarted", attempt })
        return one
      case "SendResult":
        this.fromAttempt(worker, { _tag: "TaskResult", attempt, type: "success" })
        return one
      case "SendDied":
        this.fromAttempt(worker, { _tag: "TaskResult", attempt, type: "failedWorkerDied" })
        return one
      case "Confirm":
        if (command.type === "cancelFailed" && one.interrupted) this.world.facts.refused = true
        this.fromAttempt(worker, { ...command, attempt })
        return one
      case "Start":
      case "SendStopping": // Nothing but what operators are told hangs on it.
      case "Ignore":
        return one
    }
  }

  private fromAttempt(worker: WorkerShell, message: FromWorker): void {
    if (worker.session) worker.up.push(message)
  }
}

const fresh = (attempt: number): Attempt => ({
  attempt,
  state: WorkerAttempt.absent,
  interrupted: false,
  grace: false,
  killing: false,
  over: false,
})

const endings: ReadonlySet<WorkerAttempt.Event["_tag"]> = new Set(["Returned", "Stopped", "Exited"])

const tagOf = (receipt: ClientTask.Receipt | undefined): string => receipt?._tag ?? "AlreadyDone"

const onAnswer = ({ facts }: World, receipt: ClientTask.Receipt): void => {
  if (receipt._tag === "Refused" && !facts.refused) {
    throw new Error("G4: Refused, but no worker refused a forced cancel")
  }
  if (receipt._tag === "NotFound" && facts.taken) {
    throw new Error("G5: NotFound, but the scheduler had the task")
  }
}
