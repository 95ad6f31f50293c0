/** Steps in words: who said what to whom, and what happened where. */
import type { Happening } from "@scaler-ts/adapter-memory"
import { type Message, ProtocolError, Wire } from "@scaler-ts/protocol"

/** One step as people read it. */
export interface Told {
  readonly id: string
  /** Where it happened. */
  readonly node: string
  /** Who sent what arrived; `undefined` for what happened at the node by itself. */
  readonly from: string | undefined
  /** The step in which what arrived was sent, from 0; -1 if that was before the first. */
  readonly sentAt: number | undefined
  /** What was said, or what happened; several messages of one frame are several lines. */
  readonly lines: ReadonlyArray<string>
  /** What whoever waits at the node was told by it, such as `cancel(work): Stopped, killed`. */
  readonly told: ReadonlyArray<string>
}

/** What a step did beyond what its name says. */
export interface Did {
  /** What happened at the node by itself. */
  readonly atNode: string
  /** What those it woke asked of the client, such as `submit(work)`. */
  readonly doing: ReadonlyArray<string>
  readonly told: ReadonlyArray<string>
  /** The steps without which it could not have happened. */
  readonly causes: ReadonlyArray<number>
}

/** A node's name, short and still told apart from the others: `worker-1` is `w1`, `client` is `c`. */
export const shortName = (node: string): string => {
  const [role = "", number = ""] = node.split("-")
  return `${role.slice(0, 1)}${number}`
}

/** Names tasks by the names they were submitted under, on whichever side a number was heard. */
export class Teller {
  /** The names by which clients' numbers and the scheduler's own are known, as `client 1` and `scheduler 1`. */
  private readonly names = new Map<string, string>()

  /** One step, once it has happened. */
  tell(happening: Happening, { atNode, doing, told, causes }: Did): Told {
    const { id, kind, node, frame } = happening
    const base: Told = {
      id,
      node: node.name,
      from: undefined,
      sentAt: undefined,
      lines: [],
      told,
    }
    switch (kind) {
      case "deliver": {
        const [from = ""] = id.split(">")
        const lines = frame === undefined ? ["gone"] : this.messagesOf(from, node.name, frame)
        // First of all it had to be sent.
        return { ...base, from, sentAt: causes[0], lines }
      }
      case "timer":
      case "early":
        return { ...base, lines: [timerLine(kind, node.nowMs, doing)] }
      case "offer":
        return { ...base, lines: [atNode] }
      case "fault":
      case "mend":
        return this.misfortune(happening, base, causes[0])
      case "rest":
        return { ...base, lines: ["nothing goes wrong any more"] }
    }
  }

  private misfortune({ id, node, frame }: Happening, base: Told, sentAt: number | undefined): Told {
    const [, kind = "", what = "", one, ways, other] =
      /^(\w+) (([^<>#]+)(?:(<?>)([^#]+))?)#/.exec(id) ?? []
    if (frame === undefined || one === undefined) {
      return { ...base, lines: [misfortuneOf(kind, ways, other)] }
    }
    const lines = this.messagesOf(one, node.name, frame).map(
      (line) => `${line}, ${fateOf[kind] ?? what}`,
    )
    return { ...base, from: one, sentAt, lines }
  }

  private messagesOf(from: string, to: string, frame: Uint8Array): ReadonlyArray<string> {
    try {
      const messages: ReadonlyArray<Message.Message> =
        to === "scheduler"
          ? Wire.decode(frame, Wire.toScheduler).messages
          : from === "scheduler" && to.startsWith("client")
            ? Wire.decode(frame, Wire.toClient).messages
            : Wire.decode(frame, Wire.toWorker).messages
      const space = to.startsWith("client") ? to : from
      return counted(messages.map((message) => this.sentence(message, space)))
    } catch (error) {
      if (error instanceof ProtocolError) return [`unreadable: ${error.message}`]
      throw error
    }
  }

  /** `space`: whose numbers the message uses; a worker's are the scheduler's. */
  private sentence(message: Message.Message, space: string): string {
    const numbers = space.startsWith("client") ? space : "scheduler"
    if ("task" in message) {
      const key = `${numbers} ${message.task}`
      if (message._tag === "Task") this.names.set(key, message.name)
      return `${message._tag}(${this.names.get(key) ?? message.task})${detailOf(message)}`
    }
    return message._tag === "ProtocolError" ? `ProtocolError: ${message.reason}` : message._tag
  }
}

/** What is said several times in a row is one line: a task may say hundreds. */
const counted = (lines: ReadonlyArray<string>): ReadonlyArray<string> => {
  const groups: Array<{ readonly line: string; times: number }> = []
  for (const line of lines) {
    const last = groups.at(-1)
    if (last?.line === line) last.times++
    else groups.push({ line, times: 1 })
  }
  return groups.map(({ line, times }) => (times === 1 ? line : `${line} × ${times}`))
}

/** What happened to a message. */
const fateOf: Readonly<Record<string, string>> = {
  drop: "lost",
  duplicate: "doubled",
  reorder: "out of order",
}

/** What happened to a node; `ways` is `>` when what it sends does not arrive, `<>` when nothing does. */
const misfortuneOf = (kind: string, ways: string | undefined, other = ""): string => {
  switch (kind) {
    case "cut":
      return "connection cut"
    case "crash":
      return "crashes"
    case "restart":
      return "starts again"
    case "freeze":
      return "stands still"
    case "thaw":
      return "goes on"
    case "skew":
      return "clock runs fast"
    case "full":
      return `outbox to ${other} full`
    case "partition":
      return ways === ">" ? `reaches ${other} no more` : `parted from ${other}`
    case "heal":
      return "partition heals"
    default:
      return kind
  }
}

const timerLine = (
  kind: "timer" | "early",
  nowMs: number,
  doing: ReadonlyArray<string>,
): string => {
  const timer = `${kind === "early" ? "a timer, early" : "a timer"}, at ${nowMs} ms`
  return [timer, ...(doing.length === 0 ? [] : [doing.join(", ")])].join(": ")
}

const detailOf = (message: Message.Message): string => {
  switch (message._tag) {
    case "Task":
      return message.attempt > 0 ? ` attempt ${message.attempt}` : ""
    case "TaskCancel":
      return message.force ? "" : " unforced"
    case "TaskCancelConfirm":
      return ` ${message.type}${message.how === "unknown" ? "" : `, ${message.how}`}`
    case "TaskResult":
      return ` ${message.type}`
    case "TaskLogTaken":
      return ` ${message.lines}`
    case "TaskCredit":
      return ` ${message.tasks}`
    default:
      return ""
  }
}
