/** Steps with one decision gone wrong, each of which some real system has made. */
import { type ClientTask, move } from "@scaler-ts/protocol"
import { realSteps, type Steps } from "./world.ts"

export interface Mutant {
  readonly name: string
  /** The guarantee whose violation the search has to find. */
  readonly guarantee: string
  /** The configuration that shows it. */
  readonly configuration: string
  readonly steps: Steps
}

const client = (step: Steps["client"]): Steps => ({ ...realSteps, client: step })
const scheduler = (step: Steps["scheduler"]): Steps => ({ ...realSteps, scheduler: step })
const owners = (step: Steps["owners"]): Steps => ({ ...realSteps, owners: step })
const worker = (step: Steps["worker"]): Steps => ({ ...realSteps, worker: step })

const endsTwice = client((state, event, rules) =>
  state._tag === "ended" && event._tag === "ConfirmArrived"
    ? move(state, { _tag: "End", end: state.end })
    : realSteps.client(state, event, rules),
)

const confirmsBeforeTheEnd = worker((state, event) => {
  const moved = realSteps.worker(state, event)
  return state._tag === "running" && moved.state._tag === "stopping"
    ? move(
        moved.state,
        { _tag: "Confirm", type: "canceled", how: "cooperative" },
        ...moved.commands,
      )
    : moved
})

const requeuesAfterForcedCancel = scheduler((state, event) =>
  realSteps.scheduler(state._tag === "running" ? { ...state, wanted: false } : state, event),
)

const succeedsWhileCancelling = client((state, event, rules) =>
  realSteps.client(
    state,
    event,
    event._tag === "ResultArrived" ? { ...rules, policy: "result-wins" } : rules,
  ),
)

const forwardsRecallRefusal = scheduler((state, event) =>
  realSteps.scheduler(
    state._tag === "cancelling" && event._tag === "CancelFailed"
      ? { ...state, owed: false }
      : state,
    event,
  ),
)

const answersEachCancelAnew = client((state, event, rules) => {
  const moved = realSteps.client(state, event, rules)
  return moved.state._tag === "ended" && state._tag !== "ended"
    ? { ...moved, state: { ...moved.state, receipt: undefined } }
    : moved
})

const dropsResultWhileCancelling = scheduler((state, event) => {
  const moved = realSteps.scheduler(state, event)
  return state._tag === "cancelling" && event._tag === "ResultArrived"
    ? move(moved.state, ...moved.commands.filter(({ _tag }) => _tag !== "ForwardResult"), {
        _tag: "Ignore",
        counter: "attemptStale",
      })
    : moved
})

const freesSlotAtRequest = scheduler((state, event) => {
  const moved = realSteps.scheduler(state, event)
  return moved.state._tag === "cancelling" && state._tag !== "cancelling"
    ? move(moved.state, ...moved.commands, { _tag: "FreeSlot", worker: moved.state.worker })
    : moved
})

const forgetsToFreeSlot = scheduler((state, event) => {
  const moved = realSteps.scheduler(state, event)
  return event._tag === "ResultArrived"
    ? move(moved.state, ...moved.commands.filter(({ _tag }) => _tag !== "FreeSlot"))
    : moved
})

const ignoresLateStop = worker((state, event) =>
  state._tag === "running" && event._tag === "Stopped"
    ? move<typeof state, never>(state)
    : realSteps.worker(state, event),
)

const joinsWithoutBound = client((state, event, rules) =>
  state._tag === "cancelling" && event._tag === "CancelAsked"
    ? move<ClientTask.State, ClientTask.Command>(state, { _tag: "Wait" })
    : realSteps.client(state, event, rules),
)

const saysStoppedAfterLoss = scheduler((state, event) =>
  realSteps.scheduler(
    state._tag === "queued" && event._tag === "CancelAsked" ? { ...state, lostWorkers: [] } : state,
    event,
  ),
)

const forgetsRefusedTimeout = scheduler((state, event) =>
  realSteps.scheduler(state._tag === "running" ? { ...state, overdue: false } : state, event),
)

const forgetsThatItIsDetached = owners((state, event) =>
  realSteps.owners(event._tag === "SubmitterLost" ? { ...state, detached: false } : state, event),
)

const losesNobody = owners((state, event) => move(realSteps.owners(state, event).state))

export const mutants: ReadonlyArray<Mutant> = [
  {
    name: "a scheduler that stops what is detached when its client goes (R49)",
    guarantee: "R49",
    configuration: "a task that is detached, and a client that closes or loses its connection",
    steps: forgetsThatItIsDetached,
  },
  {
    name: "a scheduler that keeps what nobody has any more (R51)",
    guarantee: "R51",
    configuration: "a client that is lost, and another that has attached, cancels and leaves",
    steps: losesNobody,
  },
  {
    name: "a client that ends a future again on a late confirm (R20)",
    guarantee: "G1",
    configuration: "an early bound and three cancels",
    steps: endsTwice,
  },
  {
    name: "a worker that confirms before the code has stopped (R35)",
    guarantee: "G6",
    configuration: "a cancel",
    steps: confirmsBeforeTheEnd,
  },
  {
    name: "a scheduler that queues a task again after a forced cancel (R39)",
    guarantee: "G2",
    configuration: "an early bound, a refusal and three cancels",
    steps: requeuesAfterForcedCancel,
  },
  {
    name: "a scheduler that says never started after a lost attempt (R40)",
    guarantee: "G2",
    configuration: "a worker declared lost that is alive",
    steps: saysStoppedAfterLoss,
  },
  {
    name: "a client that keeps a racing result under cancel-wins",
    guarantee: "G3",
    configuration: "a cancel",
    steps: succeedsWhileCancelling,
  },
  {
    name: "a scheduler that forwards the refusal of a recall (R37)",
    guarantee: "G4",
    configuration: "a recall",
    steps: forwardsRecallRefusal,
  },
  {
    name: "a client that forgets the receipt it gave out (R43)",
    guarantee: "G4",
    configuration: "an early bound and three cancels",
    steps: answersEachCancelAnew,
  },
  {
    name: "a scheduler that drops a result while cancelling (R3)",
    guarantee: "G5",
    configuration: "a cancel",
    steps: dropsResultWhileCancelling,
  },
  {
    name: "a scheduler that frees the slot when the cancel is requested (R10, R11)",
    guarantee: "G6",
    configuration: "a cancel",
    steps: freesSlotAtRequest,
  },
  {
    name: "a scheduler that does not free the slot of a result",
    guarantee: "G6",
    configuration: "a cancel",
    steps: forgetsToFreeSlot,
  },
  {
    name: "a worker that ignores a stop which comes after its refusal (R38)",
    guarantee: "G7",
    configuration: "a client that closes, and an executor that cannot kill",
    steps: ignoresLateStop,
  },
  {
    name: "a client that joins a request whose bound has passed (R42)",
    guarantee: "G8",
    configuration: "an early bound and three cancels",
    steps: joinsWithoutBound,
  },
  {
    name: "a scheduler that forwards the late stop of a timeout as a cancel",
    guarantee: "R41",
    configuration: "a timeout, a recall, and an executor that cannot kill",
    steps: forgetsRefusedTimeout,
  },
]
