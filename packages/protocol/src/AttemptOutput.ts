/** What one attempt says, on its way to one client: the shell around `OutputWindow`. */
import type * as Message from "./Message.ts"
import * as OutputWindow from "./machine/OutputWindow.ts"

export type Line = Pick<Message.TaskLog, "line" | "from">

/** What an output needs of the tables. */
export interface OutputOutlet {
  readonly send: (line: Line) => void
  readonly hold: () => void
  readonly release: () => void
  readonly count: (counter: OutputWindow.IgnoredCredit) => void
}

interface Kept extends Line {
  readonly bytes: number
}

export class AttemptOutput {
  private state = OutputWindow.initial
  /** What was sent and has not been taken, oldest first: how many bytes each line has. */
  private readonly out: Array<number> = []
  private readonly kept: Array<Kept> = []
  private readonly outlet: OutputOutlet

  constructor(outlet: OutputOutlet) {
    this.outlet = outlet
  }

  came(line: Line): void {
    const bytes = OutputWindow.bytesOf(line.line)
    this.apply({ _tag: "LineCame", bytes }, { ...line, bytes })
  }

  /** The client has taken the oldest lines that it had not. */
  taken(lines: number): void {
    const bytes = this.out.slice(0, lines).reduce((sum, one) => sum + one, 0)
    this.apply({ _tag: "Taken", lines, bytes })
  }

  stopAsked(): void {
    this.apply({ _tag: "StopAsked" })
  }

  /** Nothing more comes of it: what is kept goes, before its end is told. */
  ended(): void {
    this.apply({ _tag: "Ended" })
  }

  private apply(event: OutputWindow.Event, line?: Kept): void {
    const before = this.state
    const { state, commands } = OutputWindow.step(before, event)
    this.state = state
    if (event._tag === "Taken" && state !== before) this.out.splice(0, event.lines)
    for (const command of commands) this.carryOut(command, line)
  }

  private carryOut(command: OutputWindow.Command, line: Kept | undefined): void {
    switch (command._tag) {
      case "Send":
        return this.send(line)
      case "Keep":
        if (line !== undefined) this.kept.push(line)
        return
      case "KeepNotice":
        this.kept.push(notice(command.count))
        return
      case "SendKept": {
        const oldest = this.kept.shift()
        this.send(oldest)
        return this.apply({ _tag: "KeptSent", bytes: oldest?.bytes ?? 0 })
      }
      case "SendNotice":
        return this.send(notice(command.count))
      case "SendRest":
        for (const rest of this.kept.splice(0)) this.send(rest)
        return
      case "Hold":
        return this.outlet.hold()
      case "Release":
        return this.outlet.release()
      case "Ignore":
        return this.outlet.count(command.counter)
    }
  }

  private send(kept: Kept | undefined): void {
    if (kept === undefined) return
    const { line, from, bytes } = kept
    this.out.push(bytes)
    this.outlet.send({ line, from })
  }
}

/** What is said in place of lines that are not told. */
export const leftOutLine = (count: number, why: string): string => {
  const lines = count === 1 ? "1 line" : `${count.toLocaleString("en-US")} lines`
  return `… ${lines} left out: ${why}`
}

const notice = (count: number): Kept => ({
  line: leftOutLine(count, "the client takes them too slowly"),
  from: "log",
  bytes: OutputWindow.noticeBytes,
})
