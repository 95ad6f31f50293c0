/** What can happen next to and on a worker. */
import type { Can, Run } from "./can.ts"
import type { Shells } from "./shells.ts"
import { type Attempt, nameOf, type World } from "./world.ts"

export const ofWorker = (can: Can, index: number): void => {
  const { world, must, mayOnce } = can
  const worker = world.workers[index]
  if (worker === undefined) return
  const name = nameOf(index)
  const [said] = worker.up
  if (said !== undefined) {
    must(`the scheduler hears ${said._tag} of ${name}`, (shells, next) => {
      next.workers[index]?.up.shift()
      shells.fromWorker(index, said)
    })
  }
  if (!worker.alive) {
    if (worker.known) must(`the scheduler loses ${name}`, (shells) => shells.loseWorker(index))
    return
  }
  if (worker.known) {
    mayOnce("crash", `${name} crashes`, (_, next) => crash(next, index))
    mayOnce("falseLoss", `the scheduler declares ${name} lost`, (shells, next) => {
      shells.loseWorker(index)
      next.workers[index]?.down.push({ _tag: "SessionClosed" })
    })
    mayOnce("drain", `the scheduler drains ${name}`, (_, next) => {
      const drained = next.workers[index]
      if (drained === undefined) return
      drained.draining = true
      drained.down.push({ _tag: "Drain" })
    })
  }
  hearAsWorker(can, index)
  endOfSession(can, index)
  for (const attempt of worker.attempts) ofAttempt(can, index, attempt)
}

const crash = (next: World, index: number): void => {
  const worker = next.workers[index]
  if (worker === undefined) return
  worker.alive = false
  worker.session = false
  worker.attempts = []
  worker.down = []
  worker.up = []
}

const hearAsWorker = ({ world, must, mayOnce }: Can, index: number): void => {
  const [order] = world.workers[index]?.down ?? []
  if (order === undefined) return
  const label = `${nameOf(index)} hears ${order._tag}`
  const hear = (run: Run): Run => {
    return (shells, next) => {
      next.workers[index]?.down.shift()
      run(shells, next)
    }
  }
  switch (order._tag) {
    case "Task": {
      const { attempt } = order
      const dispatched = (slotFree: boolean) =>
        hear((shells) => shells.attempt(index, attempt, { _tag: "Dispatched", slotFree }))
      must(label, dispatched(true))
      return mayOnce("crowd", `${label}, no slot is free`, dispatched(false))
    }
    case "TaskCancel": {
      const { attempt, force } = order
      return must(
        `${label}${force ? "" : ", unforced"}`,
        hear((shells) => shells.attempt(index, attempt, { _tag: "CancelAsked", force })),
      )
    }
    case "Drain":
      return must(
        label,
        hear((shells, next) => {
          const worker = next.workers[index]
          if (worker !== undefined) worker.drain = "asked"
          shells.everyAttempt(index, { _tag: "DrainAsked" })
        }),
      )
    case "SessionClosed":
      return must(
        label,
        hear((shells, next) => {
          const worker = next.workers[index]
          if (worker !== undefined) worker.session = false
          shells.everyAttempt(index, { _tag: "SessionGone" })
        }),
      )
  }
}

const endOfSession = ({ world, config, must, may }: Can, index: number): void => {
  const worker = world.workers[index]
  if (worker === undefined) return
  const { attempts, down, drain, session } = worker
  const say = (_tag: "WorkerHello" | "WorkerGoodbye", open: boolean): Run => {
    return (_, next) => {
      const speaker = next.workers[index]
      if (speaker === undefined) return
      speaker.session = open
      speaker.up.push({ _tag })
    }
  }
  // Only when it holds no attempt, or the scheduler would count a slot that is taken (R46).
  if (!session && drain === "none" && attempts.length === 0 && down.length === 0) {
    must(`${nameOf(index)} says hello again`, say("WorkerHello", true))
  }
  if (!session || drain === "none") return
  const unkillable =
    drain === "boundPassed" &&
    !config.canKill &&
    attempts.every(({ state }) => state._tag === "running")
  if (attempts.length === 0 || unkillable) {
    must(`${nameOf(index)} says goodbye`, say("WorkerGoodbye", false))
  }
  if (drain === "asked" && attempts.length > 0) {
    may(`the drain bound of ${nameOf(index)} passes`, (shells, next) => {
      const drained = next.workers[index]
      if (drained !== undefined) drained.drain = "boundPassed"
      shells.everyAttempt(index, { _tag: "DrainBoundPassed" })
    })
  }
}

const ofAttempt = ({ config, must, may, mayOnce }: Can, index: number, held: Attempt): void => {
  const { attempt, grace, interrupted, killing, over, state } = held
  const on = (event: Parameters<Shells["attempt"]>[2]): Run => {
    return (shells) => shells.attempt(index, attempt, event)
  }
  const name = `attempt ${attempt} on ${nameOf(index)}`
  if (state._tag === "waiting") return must(`${name} gets a slot`, on({ _tag: "SlotFreed" }))
  if (!over) {
    must(`${name} returns`, on({ _tag: "Returned" }))
    if (interrupted) may(`${name} stops`, on({ _tag: "Stopped" }))
    if (killing) must(`${name} is killed`, on({ _tag: "Exited" }))
    else if (config.canKill) mayOnce("death", `${name} dies`, on({ _tag: "Exited" }))
  }
  if (!grace) return
  must(`the grace period of ${name} is over`, (shells, next) => {
    const worker = next.workers[index]
    if (worker === undefined) return
    worker.attempts = worker.attempts.map((one) =>
      one.attempt === attempt ? { ...one, grace: false } : one,
    )
    shells.attempt(index, attempt, { _tag: "GraceOver", canKill: config.canKill })
  })
}
