/**
 * The world around one task: a client, a scheduler, workers, and the links between them.
 *
 * A world is plain data. Steps decide everything; the shells in `shells.ts` carry out their
 * commands, and `actions.ts` says what can happen next.
 */
import { ClientTask, SchedulerTask, WorkerAttempt } from "@scaler-ts/protocol"
import * as Owners from "../../packages/scheduler/src/Owners.ts"

/** The steps under search. Mutants replace one of them. */
export interface Steps {
  readonly client: typeof ClientTask.step
  readonly scheduler: typeof SchedulerTask.step
  readonly owners: typeof Owners.step
  readonly worker: typeof WorkerAttempt.step
}

export const realSteps: Steps = {
  client: ClientTask.step,
  scheduler: SchedulerTask.step,
  owners: Owners.step,
  worker: WorkerAttempt.step,
}

/** What happens in the searched worlds beyond a task that is submitted and run. */
export interface Config {
  readonly workers: number
  readonly policy: ClientTask.CancelPolicy
  /** How often the client cancels, at most. */
  readonly cancels: number
  /** Whether executors can kill a function that does not stop. */
  readonly canKill: boolean
  readonly attemptsMax: number
  /** How often each may happen. */
  readonly budget: Budget
}

export interface Budget {
  /** The bound of a cancel passes before its answer comes. */
  readonly bound: number
  readonly recall: number
  /** The task's timeout, whenever it runs. */
  readonly timeout: number
  readonly crash: number
  /** A worker is declared lost that is alive. */
  readonly falseLoss: number
  /** What runs a function dies by itself. */
  readonly death: number
  readonly drain: number
  readonly clientCrash: number
  /** A client is declared lost that is alive. */
  readonly falseOwnerLoss: number
  readonly connectionLoss: number
  readonly close: number
  readonly forget: number
  readonly detach: number
  /** Another client attaches to the task, and leaves when it likes. */
  readonly attach: number
  /** It cancels the task. */
  readonly guestCancel: number
  /** A dispatched attempt finds no slot free, as after a dispatch beyond the slots. */
  readonly crowd: number
}

export type ToScheduler = "Task" | "TaskCancel" | "TaskDetach" | "ClientDisconnect"

export type ToClient =
  | { readonly _tag: "TaskStarted" }
  | { readonly _tag: "TaskResult"; readonly type: ResultType }
  | SchedulerTask.Confirm
  | { readonly _tag: "SessionClosed" }

export type ResultType = "success" | "failed" | "failedWorkerDied" | "failedTimeout"

export type ToWorker =
  | { readonly _tag: "Task"; readonly attempt: number }
  | { readonly _tag: "TaskCancel"; readonly attempt: number; readonly force: boolean }
  | { readonly _tag: "Drain" }
  | { readonly _tag: "SessionClosed" }

type WorkerConfirm = Extract<WorkerAttempt.Command, { readonly _tag: "Confirm" }>

export type FromWorker =
  | { readonly _tag: "TaskStarted"; readonly attempt: number }
  | { readonly _tag: "TaskResult"; readonly attempt: number; readonly type: ResultType }
  | (WorkerConfirm & { readonly attempt: number })
  | { readonly _tag: "WorkerHello" }
  | { readonly _tag: "WorkerGoodbye" }

/** One attempt on one worker, with what its shell holds for it. */
export interface Attempt {
  readonly attempt: number
  readonly state: WorkerAttempt.State
  readonly interrupted: boolean
  readonly grace: boolean
  readonly killing: boolean
  /** Whether the function is over, so that nothing more is heard of it. */
  readonly over: boolean
}

export interface WorkerShell {
  alive: boolean
  /** Whether its session is open, as the worker sees it. */
  session: boolean
  drain: "none" | "asked" | "boundPassed"
  attempts: Array<Attempt>
  down: Array<ToWorker>
  up: Array<FromWorker>
  /** What the scheduler knows of it. */
  known: boolean
  draining: boolean
  slotsTaken: number
}

export interface ClientShell {
  alive: boolean
  /** Whether its session is open, as the client sees it. */
  session: boolean
  closing: boolean
  future: ClientTask.State | undefined
  asks: number
  waiters: number
  bound: boolean
}

export interface SchedulerShell {
  task: SchedulerTask.State
  owners: Owners.State
  queued: boolean
  /** The attempt whose timeout runs; 0 for none. */
  timeout: number
}

/** What no shell knows, but the guarantees speak of. */
export interface Facts {
  /** How often the future was told to have ended. */
  ends: number
  /** The receipt that was given out when the future ended. */
  told: ClientTask.Receipt | undefined
  /** The scheduler got the task. */
  taken: boolean
  /** The scheduler got a result of the current attempt. */
  resulted: boolean
  /** A worker refused a forced cancel. */
  refused: boolean
  /** The scheduler sent a forced cancel. */
  forced: boolean
  /** The scheduler got the word that the task is detached. */
  detached: boolean
  /** Another client asked for the cancel. */
  guestAsked: boolean
}

export interface World {
  readonly client: ClientShell
  readonly scheduler: SchedulerShell
  readonly workers: ReadonlyArray<WorkerShell>
  readonly toScheduler: Array<ToScheduler>
  readonly toClient: Array<ToClient>
  readonly budget: { -readonly [Name in keyof Budget]: number }
  readonly facts: Facts
}

/** Whether the task goes on: somebody has it, or it is detached. */
export const isWanted = ({ scheduler: { owners }, facts }: World): boolean =>
  owners.submitter || owners.guests > 0 || facts.detached

export const nameOf = (worker: number): string => `w${worker}`

export const initialWorld = (config: Config): World => ({
  client: {
    alive: true,
    session: true,
    closing: false,
    future: undefined,
    asks: 0,
    waiters: 0,
    bound: false,
  },
  scheduler: { task: SchedulerTask.unknown, owners: Owners.alone, queued: false, timeout: 0 },
  workers: Array.from({ length: config.workers }, () => ({
    alive: true,
    session: true,
    drain: "none",
    attempts: [],
    down: [],
    up: [],
    known: true,
    draining: false,
    slotsTaken: 0,
  })),
  toScheduler: [],
  toClient: [],
  budget: { ...config.budget },
  facts: {
    ends: 0,
    told: undefined,
    taken: false,
    resulted: false,
    refused: false,
    forced: false,
    detached: false,
    guestAsked: false,
  },
})

/** A copy that can be changed; states and messages never change, so they are shared. */
export const copyOf = (world: World): World => ({
  client: { ...world.client },
  scheduler: { ...world.scheduler },
  workers: world.workers.map((worker) => ({
    ...worker,
    attempts: [...worker.attempts],
    down: [...worker.down],
    up: [...worker.up],
  })),
  toScheduler: [...world.toScheduler],
  toClient: [...world.toClient],
  budget: { ...world.budget },
  facts: { ...world.facts },
})
