/**
 * The life of one peer's session at the scheduler: who it is, what it may say, and whether it is there.
 *
 * A peer says hello once, as a client or as a worker, and from then on only what that role says. When
 * its connection is gone it is away, and says hello again in the next one; until then it is spoken of
 * as before, and what is said to it is kept.
 */
import { type Message, move, type Move } from "@scaler-ts/protocol"

export type State = "new" | "client" | "worker" | "client away" | "worker away" | "ended"

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
  | { readonly _tag: "FromClient"; readonly message: ClientSays }
  | { readonly _tag: "FromWorker"; readonly message: WorkerSays }
  | { readonly _tag: "EchoHeartbeat" }
  | { readonly _tag: "EchoDisconnect" }
  | { readonly _tag: "LoseClient" }
  | { readonly _tag: "LoseWorker" }
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

/** What a client may say once it has said hello. */
export type ClientSays = Message.Task | Message.TaskCancel | Message.TaskLogTaken

/** What a worker may say once it has said hello. */
export type WorkerSays =
  | Message.TaskStarted
  | Message.TaskResult
  | Message.TaskCancelConfirm
  | Message.TaskProgress
  | Message.TaskLog

/** `isTaken` says whether a worker of that name is here already. */
export const step = (
  state: State,
  event: Event,
  isTaken: (worker: string) => boolean,
): Move<State, Command> => {
  switch (event._tag) {
    case "Heard": {
      const length = state === "new" ? tooLong(event.message) : undefined
      if (length !== undefined) return refuse(state, nameTooLong(length))
      return event.message._tag === "WorkerHello" &&
        state === "new" &&
        isTaken(event.message.worker)
        ? refuse(state, nameTaken(event.message.worker))
        : heard(state, event.message)
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
    case "new":
    case "ended":
      return move("ended")
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
      return move(state, { _tag: "Resume" })
    case "new":
    case "ended":
      return move(state)
  }
}

const heard = (state: State, message: Message.ToScheduler): Move<State, Command> => {
  // What comes from one who is away is left of the connection that is gone.
  if (state === "ended" || state === "client away" || state === "worker away") return move(state)
  switch (message._tag) {
    case "ClientHello":
      return state === "new"
        ? move("client", { _tag: "WelcomeClient", hello: message })
        : refuse(state, `a ${state} said ClientHello again; say hello once per session`)
    case "WorkerHello":
      return state === "new"
        ? move("worker", { _tag: "WelcomeWorker", hello: message })
        : refuse(state, `a ${state} said WorkerHello again; say hello once per session`)
    case "ProtocolError":
      return move("ended", ...loss(state), { _tag: "Close" })
    case "Heartbeat":
      return state === "new" ? tooEarly(message) : move(state, { _tag: "EchoHeartbeat" })
    case "Task":
    case "TaskCancel":
    case "TaskLogTaken":
      return state === "client"
        ? move(state, { _tag: "FromClient", message })
        : misplaced(state, message)
    case "ClientDisconnect":
      return state === "client"
        ? move("ended", { _tag: "LoseClient" }, { _tag: "EchoDisconnect" }, { _tag: "Close" })
        : misplaced(state, message)
    case "TaskStarted":
    case "TaskResult":
    case "TaskCancelConfirm":
    case "TaskProgress":
    case "TaskLog":
      return state === "worker"
        ? move(state, { _tag: "FromWorker", message })
        : misplaced(state, message)
    case "WorkerGoodbye":
      return state === "worker"
        ? move("ended", { _tag: "LoseWorker" }, { _tag: "Close" })
        : misplaced(state, message)
  }
}

const loss = (state: State): ReadonlyArray<Command> => {
  switch (state) {
    case "client":
    case "client away":
      return [{ _tag: "LoseClient" }]
    case "worker":
    case "worker away":
      return [{ _tag: "LoseWorker" }]
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

/** Of the names in a hello, the length of one that is too long. */
const tooLong = (message: Message.ToScheduler): number | undefined => {
  const names =
    message._tag === "WorkerHello"
      ? [message.worker, message.session]
      : message._tag === "ClientHello"
        ? [message.session]
        : []
  return names.map(({ length }) => length).find((length) => length > nameCharactersMax)
}

const nameTaken = (worker: string): string =>
  `a worker named "${worker}" is here already; give each worker a name of its own`

const tooEarly = (message: Message.ToScheduler): Move<State, Command> =>
  refuse("new", `${message._tag} came before a hello; say ClientHello or WorkerHello first`)

const misplaced = (state: State, message: Message.ToScheduler): Move<State, Command> =>
  state === "new"
    ? tooEarly(message)
    : refuse(state, `a ${state} does not say ${message._tag}; the session has ended`)
