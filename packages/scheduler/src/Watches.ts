/** All who watch the moves of tasks: a machine each (`Watch.ts`), and a bit of every task for each. */
import type { Message, PeerId } from "@scaler-ts/protocol"
import type { Entry } from "./entries.ts"
import * as Watch from "./Watch.ts"

/** As many as an entry has bits for. */
const watchesMax = 31

interface Watcher {
  readonly peer: PeerId
  readonly request: number
  /** Its bit in what entries say of who watches them. */
  readonly bit: number
  state: Watch.State
}

export class Watches {
  private watchers: ReadonlyArray<Watcher> = []
  private isTurnAwaited = false
  private readonly tell: (peer: PeerId, message: Message.SchedulerToOperator) => void
  private readonly defer: (run: () => void) => void

  constructor(
    tell: (peer: PeerId, message: Message.SchedulerToOperator) => void,
    defer: (run: () => void) => void,
  ) {
    this.tell = tell
    this.defer = defer
  }

  get size(): number {
    return this.watchers.length
  }

  /** Begins a watch, makes room for more, or ends it. Says why where it cannot. `last`: the newest task. */
  asked(peer: PeerId, { request, room }: Message.WatchAsked, last: number): string | undefined {
    const known = this.watchers.find((one) => one.peer === peer && one.request === request)
    if (room === 0) {
      this.watchers = this.watchers.filter((one) => one !== known)
      return undefined
    }
    const watcher = known ?? this.begin(peer, request, last)
    if (watcher === undefined) {
      return `there are ${watchesMax} watches already, of all operators together; end one before you begin another`
    }
    this.apply(watcher, { _tag: "Asked", room })
    return undefined
  }

  /** Whoever it is, it watches no more. */
  lose(peer: PeerId): void {
    this.watchers = this.watchers.filter((one) => one.peer !== peer)
  }

  /** A task has moved. `row`: what is told of it, but for the number under which. */
  moved(entry: Entry, isNew: boolean, last: number, row: Omit<Message.TaskTold, "request">): void {
    for (const watcher of this.watchers) {
      const { id, watched } = entry
      const event: Watch.Event = isNew
        ? { _tag: "Submitted", task: id }
        : { _tag: "Moved", task: id, isTaken: (watched & watcher.bit) !== 0, last }
      for (const { _tag } of this.apply(watcher, event)) {
        if (_tag === "Take") entry.watched |= watcher.bit
        else if (_tag === "Tell") this.tell(watcher.peer, { ...row, request: watcher.request })
      }
    }
  }

  private begin(peer: PeerId, request: number, last: number): Watcher | undefined {
    const taken = this.watchers.reduce((bits, { bit }) => bits | bit, 0)
    const free = ~taken & 0x7f_ff_ff_ff
    if (free === 0) return undefined
    // A bit that somebody had before says of older tasks what is no longer so; but those are all told.
    const watcher = { peer, request, bit: free & -free, state: Watch.begin(last) }
    this.watchers = [...this.watchers, watcher]
    return watcher
  }

  private apply(watcher: Watcher, event: Watch.Event): ReadonlyArray<Watch.Command> {
    const { state, commands } = Watch.step(watcher.state, event)
    watcher.state = state
    if (state.leftOut > 0) this.tellSoon()
    return commands
  }

  /** What was left out is told once for all that moves in a turn. */
  private tellSoon(): void {
    if (this.isTurnAwaited) return
    this.isTurnAwaited = true
    this.defer(() => {
      this.isTurnAwaited = false
      for (const watcher of this.watchers) this.turnOver(watcher)
    })
  }

  private turnOver(watcher: Watcher): void {
    const { state, commands } = Watch.step(watcher.state, { _tag: "TurnOver" })
    watcher.state = state
    for (const command of commands) {
      if (command._tag !== "TellLeftOut") continue
      const { leftOut, cut } = command
      this.tell(watcher.peer, { _tag: "TasksTold", request: watcher.request, leftOut, cut })
    }
  }
}
