/** The states, events, commands and conditions that the client's table is written with. */
import type {
  Command,
  End,
  Event,
  IgnoredByClient,
  Receipt,
  Rules,
  State,
} from "../../src/machine/ClientTask.ts"
import type { TaskCancelConfirm, TaskResult } from "../../src/Message.ts"
import { both, type Case, condition } from "./cell.ts"

export type In<T extends State["_tag"]> = Extract<State, { readonly _tag: T }>
export type On<T extends Event["_tag"]> = Extract<Event, { readonly _tag: T }>
export type Cases<S, E> = ReadonlyArray<Case<S, E, Rules, State, Command>>

export const open: Rules = { policy: "cancel-wins", closing: false }
export const closing: Rules = { policy: "cancel-wins", closing: true }
export const resultWins: Rules = { policy: "result-wins", closing: false }

export const pending: In<"pending"> = { _tag: "pending", running: false, detached: false }
export const running: In<"pending"> = { _tag: "pending", running: true, detached: false }
export const cancelling: In<"cancelling"> = {
  _tag: "cancelling",
  bound: "running",
  detached: false,
}
export const unanswered: In<"cancelling"> = { ...cancelling, bound: "passed" }
/** The same, when the task goes on without its client. */
export const detached = <S extends object>(state: S): S & { readonly detached: true } => ({
  ...state,
  detached: true,
})
export const ended = (end: End, receipt?: Receipt): In<"ended"> => ({ _tag: "ended", end, receipt })

export const result = (type: TaskResult["type"]): On<"ResultArrived"> => ({
  _tag: "ResultArrived",
  result: {
    _tag: "TaskResult",
    task: 1,
    attempt: 2,
    worker: "w",
    type,
    payload: new Uint8Array(0),
    runMs: 3,
  },
})
export const confirm = (
  type: TaskCancelConfirm["type"],
  how: TaskCancelConfirm["how"] = "unknown",
): On<"ConfirmArrived"> => ({
  _tag: "ConfirmArrived",
  confirm: { _tag: "TaskCancelConfirm", task: 1, attempt: 2, worker: "w", type, how, stopMs: 3 },
})

export const refusal: On<"AttachRefused"> = {
  _tag: "AttachRefused",
  refusal: { _tag: "TaskAttachRefused", task: 1, type: "notFound", name: "" },
}

export const stopped: Receipt = {
  _tag: "Stopped",
  how: "killed",
  worker: "w",
  attempt: 2,
  stopMs: 3,
}
export const workerLost: Receipt = { _tag: "WorkerLost", worker: "w" }
export const finished: Receipt = { _tag: "Finished" }
export const notFound: Receipt = { _tag: "NotFound" }
export const refused: Receipt = { _tag: "Refused" }
export const unconfirmed: Receipt = { _tag: "Unconfirmed" }

export const sendCancel: Command = { _tag: "SendCancel" }
export const sendAgain: Command = { _tag: "SendAgain" }
export const sendDetach: Command = { _tag: "SendDetach" }
export const startBound: Command = { _tag: "StartBound" }
export const wait: Command = { _tag: "Wait" }
export const answer = (receipt: Receipt): Command => ({ _tag: "Answer", receipt })

export const resultIs = (words: string, ...types: ReadonlyArray<TaskResult["type"]>) =>
  condition<State, On<"ResultArrived">, Rules>(words, (at) => types.includes(at.event.result.type))
export const isSuccess = resultIs("success", "success")
export const isFailure = resultIs("failed, failedTimeout", "failed", "failedTimeout")
export const isDeath = resultIs("failedWorkerDied", "failedWorkerDied")
export const confirmIs = (type: TaskCancelConfirm["type"]) =>
  condition<State, On<"ConfirmArrived">, Rules>(type, (at) => at.event.confirm.type === type)
export const isLoss = condition<State, On<"ConfirmArrived">, Rules>(
  "workerLost",
  (at) => at.event.confirm.how === "workerLost",
)
export const isStop = condition<State, On<"ConfirmArrived">, Rules>(
  "any other how",
  (at) => at.event.confirm.how !== "workerLost",
)
export const otherConfirm = condition<State, On<"ConfirmArrived">, Rules>(
  "cancelFailed, cancelNotFound",
  (at) => at.event.confirm.type !== "canceled",
)
export const cancelWins = condition<State, Event, Rules>(
  "cancel-wins",
  (at) => at.rules.policy === "cancel-wins",
)
export const resultsWin = condition<State, Event, Rules>(
  "result-wins",
  (at) => at.rules.policy === "result-wins",
)
export const isClosing = condition<State, Event, Rules>("closing", (at) => at.rules.closing)
export const notClosing = condition<State, Event, Rules>("not closing", (at) => !at.rules.closing)
export const isDetached = condition<In<"pending">, Event, Rules>(
  "detached",
  (at) => at.state.detached,
)
export const isOwn = condition<In<"pending">, Event, Rules>("otherwise", (at) => !at.state.detached)
export const again: On<"SchedulerChanged"> = { _tag: "SchedulerChanged", again: true }
export const maySendAgain = condition<State, On<"SchedulerChanged">, Rules>(
  "it may be sent again",
  (at) => at.event.again,
)
export const mayNotSendAgain = condition<State, On<"SchedulerChanged">, Rules>(
  "it may not",
  (at) => !at.event.again,
)
export const boundRuns = condition<In<"cancelling">, Event, Rules>(
  "its bound runs",
  (at) => at.state.bound === "running",
)
export const boundPassed = condition<In<"cancelling">, Event, Rules>(
  "its bound has passed",
  (at) => at.state.bound === "passed",
)

export const ignored = <S extends State, E extends Event>(
  given: S,
  event: E,
  counter: IgnoredByClient,
): Cases<S, E> => [{ given, event, to: given, do: [{ _tag: "Ignore", counter }] }]

/** A case of `cancelling` as it is with the bound running, which it stops, and with the bound passed. */
export const stopsBound = <E extends Event>(
  example: Omit<Case<In<"cancelling">, E, Rules, State, Command>, "given">,
): Cases<In<"cancelling">, E> => {
  const silent = (at: typeof boundRuns) => ({ ...at, words: "" })
  const when = example.when === undefined ? [] : [example.when]
  return [
    {
      ...example,
      when: both<In<"cancelling">, E, Rules>(...when, silent(boundRuns)),
      given: cancelling,
      do: [{ _tag: "StopBound" }, ...example.do],
    },
    {
      ...example,
      when: both<In<"cancelling">, E, Rules>(...when, silent(boundPassed)),
      given: unanswered,
    },
  ]
}

export const success = result("success")
export const failure = result("failedTimeout")
export const death = result("failedWorkerDied")
