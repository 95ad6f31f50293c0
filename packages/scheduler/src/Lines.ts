/**
 * What tasks say, on its way to those who listen.
 *
 * The client that submitted a task paces it: what it has not taken holds the worker. Whoever has attached
 * listens within a window of its own and holds nobody: what it takes too slowly is left out for it, and a
 * line in its place says how much. Where that client does not listen, or is gone, lines are taken as
 * they come.
 *
 * - **G9** Credit for what is not on its way changes nothing.
 */
import { AttemptOutput, type Message, OutputWindow } from "@scaler-ts/protocol"
import {
  type Client,
  type Entry,
  holderOf,
  type Talk,
  type Watcher,
  watchersOf,
} from "./entries.ts"

/** Whom lines and credit go to. */
export interface LinesOutlet {
  readonly toClient: (client: Client, message: Message.TaskLog) => void
  readonly toWorker: (worker: string, message: Message.TaskLogTaken) => void
  readonly countStale: () => void
}

const nothing: OutputWindow.Amount = { lines: 0, bytes: 0 }

export class Lines {
  private readonly outlet: LinesOutlet

  constructor(outlet: LinesOutlet) {
    this.outlet = outlet
  }

  /** Whether the worker of a task's next attempt shall send what it says. Whoever attaches later may listen. */
  isWanted(entry: Entry): boolean {
    if (entry.task.wantsOutput || entry.owners.detached) return true
    for (const { listens } of watchersOf(entry)) if (listens) return true
    return false
  }

  /** The current attempt of a task has said a line. */
  heard(entry: Entry, message: Message.TaskLog): void {
    const talk = this.talkOf(entry, message.attempt)
    const { client, task, owners } = entry
    if (owners.submitter && task.wantsOutput) {
      talk.out++
      this.outlet.toClient(client, { ...message, task: task.task })
    } else {
      this.take(entry, talk, { lines: 1, bytes: OutputWindow.bytesOf(message.line) })
    }
    for (const watcher of watchersOf(entry)) {
      if (watcher.listens) this.outputOf(watcher, talk).came(message)
    }
  }

  /** The client that submitted a task has taken lines of it. */
  takenBySubmitter(entry: Entry, message: Message.TaskLogTaken): void {
    const { talk } = entry
    const worker = holderOf(entry.state, message.attempt)
    if (worker === undefined) return this.outlet.countStale() // G9
    if (talk?.attempt === message.attempt) {
      if (message.lines > talk.out) return this.outlet.countStale()
      talk.out -= message.lines
    }
    this.outlet.toWorker(worker, { ...message, task: entry.id })
  }

  /** A client that has attached has taken lines of a task. */
  takenByWatcher({ entry, output }: Watcher, message: Message.TaskLogTaken): void {
    if (output === undefined || entry.talk?.attempt !== message.attempt)
      return this.outlet.countStale() // G9
    output.taken(message.lines)
  }

  /** The client that submitted a task is gone: nothing waits for what it had not taken. */
  submitterLost(entry: Entry): void {
    const { talk } = entry
    if (talk === undefined || talk.out <= 0) return
    const lines = talk.out
    talk.out = 0
    this.credit(entry, talk, lines)
  }

  /** Somebody has attached who listens: it may be too late for the current attempt. */
  attached({ client, task, entry }: Watcher): void {
    const { state, isHeard } = entry
    if (isHeard || !("worker" in state)) return
    this.outlet.toClient(client, { _tag: "TaskLog", task, attempt: state.attempt, ...unheard })
  }

  /** Nothing more comes of the current attempt: what is kept for those who listen goes. */
  over(entry: Entry): void {
    for (const watcher of watchersOf(entry)) {
      watcher.output?.ended()
      watcher.output = undefined
    }
  }

  private talkOf(entry: Entry, attempt: number): Talk {
    if (entry.talk?.attempt === attempt) return entry.talk
    this.over(entry)
    entry.talk = { attempt, out: 0, due: nothing }
    return entry.talk
  }

  private outputOf(watcher: Watcher, { attempt }: Talk): AttemptOutput {
    if (watcher.output !== undefined) return watcher.output
    const { client, task } = watcher
    const output = new AttemptOutput({
      send: (line) => this.outlet.toClient(client, { _tag: "TaskLog", task, attempt, ...line }),
      hold: () => {},
      release: () => {},
      count: () => this.outlet.countStale(),
    })
    output.stopAsked() // Nobody is held for it.
    watcher.output = output
    return output
  }

  /** Takes a line in the place of the client that submitted the task. */
  private take(entry: Entry, talk: Talk, { bytes }: OutputWindow.Amount): void {
    const due = { lines: talk.due.lines + 1, bytes: talk.due.bytes + bytes }
    const { creditMin } = OutputWindow
    const isDue = due.lines >= creditMin.lines || due.bytes >= creditMin.bytes
    talk.due = isDue ? nothing : due
    if (isDue) this.credit(entry, talk, due.lines)
  }

  private credit({ id, state }: Entry, { attempt }: Talk, lines: number): void {
    const worker = holderOf(state, attempt)
    if (worker === undefined) return
    this.outlet.toWorker(worker, { _tag: "TaskLogTaken", task: id, attempt, lines })
  }
}

const unheard = {
  line: "… what this attempt says is not told: nobody listened when it was begun",
  from: "log",
} as const
