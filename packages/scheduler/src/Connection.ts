/**
 * The life of one peer's session at the scheduler: who it is, what it may say, and whether it is there.
 *
 * A peer says hello once, as a client, a worker or an operator, and from then on only what that role says. When
 * its connection is gone it is away, and says hello again in the next one; until then it is spoken of
 * as before, and what is said to it is kept. Only an operator's session ends with its connection.
 */
import { type Message, move, type Move } from "@scaler-ts/protocol"

export type State =
  | "new"
  | "client"
  | "worker"
  | "operator"
  | "client away"
  | "worker away"
  | "ended"

export type Event =
  | { readonly _tag: "Heard"; readonly message: Message.ToScheduler }
  /** Its connection is gone; `canResume`: whether its session may go on in another one. */
  | { readonly _tag: "Gone"; readonly canResume: boolean }
  /** It has said hello again, in the session that it has. */
  | { readonly _tag: "CameBack" }
  /** Nothing is waited for any more: it was away too long, or has begun another session. */
  | { readonly _tag: "GivenUp" }
  /** What the peer sent could not be read, or is more than it may send. */
  | { readonly _tag: "Garbled"; readonly reason: string }

export type Command =
  | { readonly _tag: "WelcomeClient"; readonly hello: Message.ClientHello }
  | { readonly _tag: "WelcomeWorker"; readonly hello: Message.WorkerHello }
  | { readonly _tag: "WelcomeOperator"; readonly hello: Message.OperatorHello }
  | FromSubmitter
  | { readonly _tag: "FromWorker"; readonly message: WorkerSays }
  /** It wants to leave: give it the order to. */
  | { readonly _tag: "DrainWorker"; readonly boundMs: number }
  | { readonly _tag: "FromOperator"; readonly message: OperatorSays }
  /** It has said what it uses of its machine. */
  | { readonly _tag: "NoteLoad"; readonly load: Message.WorkerLoad }
  | { readonly _tag: "EchoHeartbeat" }
  | { readonly _tag: "EchoDisconnect" }
  | { readonly _tag: "LoseClient" }
  | { readonly _tag: "LoseWorker" }
  | { readonly _tag: "LoseOperator" }
  /** Keep what is said to it, and start the bound. */
  | { readonly _tag: "Suspend" }
  /** Stop the bound, and say what was kept. */
  | { readonly _tag: "Resume" }
  /** Give the worker nothing more, for now. */
  | { readonly _tag: "ExcuseWorker" }
  | { readonly _tag: "ReadmitWorker" }
  /** Send a `ProtocolError` with this reason and end the conversation. */
  | { readonly _tag: "Refuse"; readonly reason: string }
  /** End the conversation. */
  | { readonly _tag: "Close" }

/** A client speaks, or a worker as the client of the children of its attempts (`FromParent`). */
export interface FromSubmitter {
  readonly _tag: "FromClient" | "FromParent"
  readonly message: ClientSays
}

/** What a client may say once it has said hello. */
export type ClientSays = Message.OfSubmitter | Message.TaskDetach | Message.TaskAttach

/** What a worker may say once it has said hello. */
export type WorkerSays =
  | Message.ToSubmitter
  | Message.TaskStopping
  | Message.TaskWaits
  | Message.TaskResumes

/** What an operator may say once it has said hello. */
export type OperatorSays =
  | Message.StatusAsked
  | Message.TasksAsked
  | Message.WatchAsked
  | Message.OrderAsked

/** Whoever says this wants to be let in. */
export type Hello = Message.ClientHello | Message.WorkerHello | Message.OperatorHello

/** `refusal` says why one who says this hello is not let in. */
export const step = (
  state: State,
  event: Event,
  refusal: (hello: Hello) => string | undefined,
): Move<State, Command> => {
  switch (event._tag) {
    case "Heard": {
      const { message } = event
      const isFirst = state === "new" && isHello(message)
      const reason = isFirst ? (tooLong(message) ?? refusal(message)) : undefined
      return reason === undefined ? heard(state, message) : refuse(state, reason)
    }
    case "Gone":
      return event.canResume ? suspended(state) : move("ended", ...loss(state))
    case "CameBack":
      return resumed(state)
    case "GivenUp":
      return move("ended", ...loss(state))
    case "Garbled":
      return state === "ended" ? move(state) : refuse(state, event.reason)
  }
}

const suspended = (state: State): Move<State, Command> => {
  switch (state) {
    case "client":
      return move("client away", { _tag: "Suspend" })
    case "worker":
      return move("worker away", { _tag: "Suspend" }, { _tag: "ExcuseWorker" })
    case "client away":
    case "worker away":
      return move(state)
    case "operator":
    case "new":
    case "ended":
      return move("ended", ...loss(state))
  }
}

const resumed = (state: State): Move<State, Command> => {
  switch (state) {
    case "client away":
      return move("client", { _tag: "Resume" })
    case "worker away":
      return move("worker", { _tag: "Resume" }, { _tag: "ReadmitWorker" })
    // We have not noticed that it was gone.
    case "client":
    case "worker":
    case "operator":
      return move(state, { _tag: "Resume" })
    case "new":
    case "ended":
      return move(state)
  }
}

const fromClient = (state: State, message: ClientSays): Move<State, Command> =>
  state === "client" ? move(state, { _tag: "FromClient", message }) : misplaced(state, message)

const welcomed = (hello: Hello): Move<State, Command> => {
  switch (hello._tag) {
    case "ClientHello":
      return move("client", { _tag: "WelcomeClient", hello })
    case "WorkerHello":
      return move("worker", { _tag: "WelcomeWorker", hello })
    case "OperatorHello":
      return move("operator", { _tag: "WelcomeOperator", hello })
  }
}

const saidAgain = (state: State, { _tag }: Hello): string =>
  `${article(state)} ${state} said ${_tag} again; say hello once per session`

const heard = (state: State, message: Message.ToScheduler): Move<State, Command> => {
  // What comes from one who is away is left of the connection that is gone.
  if (state === "ended" || state === "client away" || state === "worker away") return move(state)
  switch (message._tag) {
    case "ClientHello":
    case "WorkerHello":
    case "OperatorHello":
      return state === "new" ? welcomed(message) : refuse(state, saidAgain(state, message))
    case "StatusAsked":
    case "TasksAsked":
    case "WatchAsked":
    case "OrderAsked":
      return state === "operator"
        ? move(state, { _tag: "FromOperator", message })
        : misplaced(state, message) // G9
    case "ProtocolError":
      return move("ended", ...loss(state), { _tag: "Close" })
    case "Heartbeat":
      return state === "new" ? tooEarly(message) : move(state, ...noted(state, message), echoed)
    case "Task":
    case "TaskCancel":
    case "TaskLogTaken":
      if (state === "worker") return move(state, { _tag: "FromParent", message })
      return fromClient(state, message)
    case "TaskDetach":
    case "TaskAttach":
      return fromClient(state, message)
    case "ClientDisconnect":
      return state === "client"
        ? move("ended", { _tag: "LoseClient" }, { _tag: "EchoDisconnect" }, { _tag: "Close" })
        : misplaced(state, message)
    case "TaskStarted":
    case "TaskResult":
    case "TaskCancelConfirm":
    case "TaskProgress":
    case "TaskLog":
    case "TaskStopping":
    case "TaskWaits":
    case "TaskResumes":
      return state === "worker"
        ? move(state, { _tag: "FromWorker", message })
        : misplaced(state, message)
    case "Drain":
      return state === "worker"
        ? move(state, { _tag: "DrainWorker", boundMs: message.boundMs })
        : misplaced(state, message)
    case "WorkerGoodbye":
      return state === "worker"
        ? move("ended", { _tag: "LoseWorker" }, { _tag: "Close" })
        : misplaced(state, message)
  }
}

const echoed: Command = { _tag: "EchoHeartbeat" }

/** Of nobody but a worker it matters what it uses. */
const noted = (state: State, { cpu, memoryBytes }: Message.Heartbeat): ReadonlyArray<Command> =>
  state !== "worker" || cpu === undefined || memoryBytes === undefined
    ? []
    : [{ _tag: "NoteLoad", load: { cpu, memoryBytes } }]

const loss = (state: State): ReadonlyArray<Command> => {
  switch (state) {
    case "client":
    case "client away":
      return [{ _tag: "LoseClient" }]
    case "worker":
    case "worker away":
      return [{ _tag: "LoseWorker" }]
    case "operator":
      return [{ _tag: "LoseOperator" }]
    case "new":
    case "ended":
      return []
  }
}

const refuse = (state: State, reason: string): Move<State, Command> =>
  move("ended", ...loss(state), { _tag: "Refuse", reason })

/** Names travel in every message about what their bearers do. */
const nameCharactersMax = 1_000

const nameTooLong = (length: number): string =>
  `a name has ${length} characters, and ${nameCharactersMax} are allowed; give workers and sessions shorter ones`

const isHello = (message: Message.ToScheduler): message is Hello =>
  message._tag === "ClientHello" ||
  message._tag === "WorkerHello" ||
  message._tag === "OperatorHello"

/** What is wrong with the names in a hello. */
const tooLong = (hello: Hello): string | undefined => {
  const names = hello._tag === "WorkerHello" ? [hello.worker, hello.session] : [hello.session]
  const length = names.map((name) => name.length).find((each) => each > nameCharactersMax)
  return length === undefined ? undefined : nameTooLong(length)
}

const tooEarly = (message: Message.ToScheduler): Move<State, Command> =>
  refuse(
    "new",
    `${message._tag} came before a hello; say ClientHello, WorkerHello or OperatorHello first`,
  )

const article = (state: State): string => (state === "operator" ? "an" : "a")

const misplaced = (state: State, message: Message.ToScheduler): Move<State, Command> =>
  state === "new"
    ? tooEarly(message)
    : refuse(
        state,
        `${article(state)} ${state} does not say ${message._tag}; the session has ended`,
      )
