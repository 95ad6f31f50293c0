/** What can happen next in a searched world. */
import { ClientTask } from "@scaler-ts/protocol"
import type { States } from "@scaler-ts/testkit/search"
import { Shells } from "./shells.ts"
import type { Can, Run } from "./can.ts"
import { ofWorker } from "./workerActions.ts"
import { type Config, copyOf, nameOf, type Steps, type ToClient, type World } from "./world.ts"

export const actionsOf = (
  world: World,
  config: Config,
  steps: Steps,
): ReadonlyArray<States.Action<World>> => {
  const actions: Array<States.Action<World>> = []
  const add = (must: boolean, label: string, run: Run): void => {
    actions.push({
      label,
      must,
      run: () => {
        const next = copyOf(world)
        run(new Shells(next, config, steps), next)
        return next
      },
    })
  }
  const can: Can = {
    world,
    config,
    must: (label, run) => add(true, label, run),
    may: (label, run) => add(false, label, run),
    mayOnce: (what, label, run) => {
      if (world.budget[what] === 0) return
      add(false, label, (shells, next) => {
        next.budget[what]--
        run(shells, next)
      })
    },
  }
  ofClient(can)
  ofScheduler(can)
  for (let index = 0; index < config.workers; index++) ofWorker(can, index)
  return actions
}

const ofClient = ({ world, config, must, may, mayOnce }: Can): void => {
  const { client, toClient } = world
  if (!client.alive) return
  const [first] = toClient
  if (first !== undefined) {
    must(`the client hears ${first._tag}`, (shells, next) => {
      next.toClient.shift()
      hearAsClient(shells, next, first)
    })
  }
  if (client.future === undefined) {
    if (!client.session || client.closing) return
    must("the client submits", (_, next) => {
      next.client.future = ClientTask.initial
      next.toScheduler.push("Task")
    })
    return
  }
  if (client.asks < config.cancels && !client.closing) {
    may("the client cancels", (shells, next) => {
      next.client.asks++
      shells.client({ _tag: "CancelAsked" })
    })
  }
  if (client.bound) {
    mayOnce("bound", "the bound passes", (shells, next) => {
      next.client.bound = false
      shells.client({ _tag: "BoundPassed" })
    })
  }
  if (!client.session) return
  mayOnce("forget", "the client forgets", (shells) => shells.client({ _tag: "Forgotten" }))
  mayOnce("detach", "the client detaches", (shells) => shells.client({ _tag: "DetachAsked" }))
  mayOnce("connectionLoss", "the client's connection is gone", (shells, next) => {
    leave(next)
    shells.client({ _tag: "ConnectionGone" })
  })
  mayOnce("clientCrash", "the client crashes", (_, next) => {
    leave(next)
    next.client.alive = false
  })
  if (!client.closing) {
    mayOnce("close", "the client closes", (shells, next) => {
      next.client.closing = true
      next.budget.bound++
      shells.client({ _tag: "ClientClosed" })
    })
  } else if (client.future._tag === "ended" && !world.toScheduler.includes("ClientDisconnect")) {
    must("the client disconnects", (_, next) => {
      next.client.session = false
      next.toClient.length = 0
      next.toScheduler.push("ClientDisconnect")
    })
  }
}

const leave = (next: World): void => {
  next.client.session = false
  next.toScheduler.length = 0
  next.toClient.length = 0
}

const hearAsClient = (shells: Shells, next: World, message: ToClient): void => {
  const about = { task: 1, attempt: 1, worker: "w0" }
  switch (message._tag) {
    case "TaskStarted":
      return shells.client({ _tag: "Started" })
    case "TaskResult":
      return shells.client({
        _tag: "ResultArrived",
        result: { ...message, ...about, payload: nothing, runMs: 0 },
      })
    case "Confirm":
      return shells.client({
        _tag: "ConfirmArrived",
        confirm: { ...message, task: 1, _tag: "TaskCancelConfirm" },
      })
    case "SessionClosed":
      leave(next)
      return shells.client({ _tag: "ConnectionGone" })
  }
}

const nothing = new Uint8Array(0)

const ofScheduler = ({ world, config, must, may, mayOnce }: Can): void => {
  const { client, scheduler, toScheduler } = world
  const { task } = scheduler
  const [first] = toScheduler
  if (first !== undefined) {
    must(`the scheduler hears ${first}`, (shells, next) => {
      next.toScheduler.shift()
      if (!scheduler.owners.submitter) return
      if (first === "ClientDisconnect") return shells.owners({ _tag: "SubmitterLost" })
      if (first === "TaskDetach") {
        // It has ended, and is not there any more.
        if (task._tag === "ended") return
        next.facts.detached = true
        return shells.owners({ _tag: "DetachAsked" })
      }
      if (first === "Task") next.facts.taken = true
      shells.scheduler(
        first === "Task"
          ? { _tag: "TaskArrived", attemptsMax: config.attemptsMax, lost: 0 }
          : { _tag: "CancelAsked" },
      )
    })
  }
  const { submitter, guests } = scheduler.owners
  if (submitter && !client.session && toScheduler.length === 0) {
    must("the scheduler loses the client", (shells) => shells.owners({ _tag: "SubmitterLost" }))
  }
  if (submitter && client.session) {
    mayOnce("falseOwnerLoss", "the scheduler declares the client lost", (shells, next) => {
      next.toClient.push({ _tag: "SessionClosed" })
      shells.owners({ _tag: "SubmitterLost" })
    })
  }
  if (task._tag !== "unknown" && task._tag !== "ended") {
    mayOnce("attach", "another client attaches", (shells) => shells.owners({ _tag: "Attached" }))
  }
  if (guests > 0) {
    may("the other client leaves", (shells) => shells.owners({ _tag: "GuestLost" }))
    mayOnce("guestCancel", "the other client cancels", (shells, next) => {
      next.facts.guestAsked = true
      shells.scheduler({ _tag: "CancelAsked" })
    })
  }
  if (task._tag === "running" && !task.started) {
    mayOnce("recall", "the scheduler recalls", (shells) =>
      shells.scheduler({ _tag: "RecallAsked" }),
    )
  }
  if (scheduler.timeout > 0) {
    may("the timeout fires", (shells, next) => {
      next.scheduler.timeout = 0
      shells.scheduler({ _tag: "TimedOut", attempt: scheduler.timeout })
    })
  }
  if (!scheduler.queued) return
  for (const [index, worker] of world.workers.entries()) {
    if (!worker.known || worker.draining || worker.slotsTaken > 0) continue
    must(`a slot of ${nameOf(index)} is available`, (shells) =>
      shells.scheduler({ _tag: "SlotAvailable", worker: nameOf(index) }),
    )
  }
}
