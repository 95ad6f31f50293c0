/**
 * What clients have futures of, and who is told what becomes of a task.
 *
 * - **G1** Everybody who has a future of a task is told the same end, and who attaches later what was kept of it.
 * - **G7** Of a client that is gone nothing stays but what it submitted and has not ended.
 */
import { type Message, type SchedulerTask, TaskId } from "@scaler-ts/protocol"
import type { Clients, ClientSettings } from "./Clients.ts"
import {
  type Client,
  type Entry,
  type Outlet,
  type Status,
  type Watcher,
  watchersOf,
} from "./entries.ts"
import { type KeptEnd, KeptEnds, type KeptMax } from "./KeptEnds.ts"
import { Lines } from "./Lines.ts"
import * as Owners from "./Owners.ts"

/** What this needs of the tables. */
export interface OwnershipOutlet extends Pick<Outlet, "nowMs"> {
  readonly toWorker: (worker: string, message: Message.SchedulerToWorker) => void
  readonly count: (counter: SchedulerTask.IgnoredByScheduler) => void
}

export interface TablesSettings extends ClientSettings {
  readonly keptMax: KeptMax
  /** How long workers may take to come back to a scheduler that was started anew, in milliseconds. */
  readonly recoverMs: number
}

type End = KeptEnd["end"]

export class Ownership {
  readonly lines: Lines
  private readonly clients: Clients
  private readonly kept: KeptEnds
  private readonly outlet: OwnershipOutlet

  constructor(clients: Clients, outlet: OwnershipOutlet, keptMax: KeptMax) {
    this.clients = clients
    this.outlet = outlet
    this.kept = new KeptEnds(keptMax)
    this.lines = new Lines({
      toClient: (client, message) => clients.send(client, message),
      toWorker: outlet.toWorker,
      countStale: () => outlet.count("attemptStale"),
    })
  }

  /** A client is gone. Returns the tasks that nobody has any more and that are to be stopped. */
  lose(client: Client): ReadonlyArray<Entry> {
    const ownerless: Array<Entry> = []
    const apply = (entry: Entry, event: Owners.Event): void => {
      const { state, commands } = Owners.step(entry.owners, event)
      entry.owners = state
      if (commands.length > 0) ownerless.push(entry)
    }
    for (const watcher of client.attached.values()) {
      const { entry, task } = watcher
      entry.watchers?.delete(watcher)
      client.attached.delete(task)
      client.tasks.delete(task)
      apply(entry, { _tag: "GuestLost" })
    }
    for (const entry of client.tasks.values()) {
      apply(entry, { _tag: "SubmitterLost" })
      this.lines.submitterLost(entry)
    }
    this.clients.tidy(client)
    return ownerless
  }

  /** Tells everybody who has a future of a task, each under its own number. `message` has the submitter's. */
  tell(entry: Entry, message: Message.TaskStarted | End): void {
    const { client, owners } = entry
    this.clients.send(client, message)
    if (owners === Owners.alone) return
    if (isEnd(message)) {
      this.lines.over(entry) // What was said before goes before.
      this.keep(entry, message)
    }
    for (const { client: guest, task } of watchersOf(entry)) {
      this.clients.send(guest, { ...message, task })
    }
  }

  /** Takes in what the worker that holds a task says of it on the way. */
  hearHolder(
    entry: Entry,
    message: Message.TaskProgress | Message.TaskLog | Message.TaskStopping,
  ): void {
    switch (message._tag) {
      case "TaskLog":
        return this.lines.heard(entry, message)
      case "TaskProgress":
        return this.tellProgress(entry, message)
      case "TaskStopping":
        // What has been refused, or was never asked for, is on no rung.
        if (entry.state._tag === "cancelling") entry.rung = message.rung
        else this.outlet.count("attemptStale")
    }
  }

  /** The same of how far it has come, but for those who are behind: what comes later says more. */
  private tellProgress(entry: Entry, message: Message.TaskProgress): void {
    const { client, task } = entry
    const all = [{ client, task: task.task }, ...watchersOf(entry)]
    for (const { client: one, task: number } of all) {
      if (!one.account.isBehind) this.clients.send(one, { ...message, task: number })
    }
  }

  /** Takes in what a client says of a task that it has, or wants to have. */
  hear(
    client: Client,
    message: Message.TaskLogTaken | Message.TaskDetach | Message.TaskAttach,
  ): void {
    switch (message._tag) {
      case "TaskLogTaken":
        return this.linesTaken(client, message)
      case "TaskDetach":
        return this.detach(client, message)
      case "TaskAttach":
        return this.attach(client, message)
    }
  }

  private detach(client: Client, { task }: Message.TaskDetach): void {
    const entry = client.tasks.get(task)
    // One that has ended meanwhile has told its end to whoever has it.
    if (entry === undefined) return this.outlet.count("detachLate")
    entry.owners = Owners.step(entry.owners, { _tag: "DetachAsked" }).state
  }

  private attach(client: Client, message: Message.TaskAttach): void {
    const { task, id, name, wantsOutput } = message
    if (task <= client.highest) return this.outlet.count("taskKnown")
    client.highest = task
    const there = this.find(id)
    const entry = there === undefined || "_tag" in there ? undefined : there
    const kept = entry === undefined ? this.kept.get(id, this.outlet.nowMs()) : undefined
    const found = entry?.task.name ?? kept?.name
    const refuse = (type: Message.TaskAttachRefused["type"], name = ""): void =>
      this.clients.send(client, { _tag: "TaskAttachRefused", task, type, name })
    if (found === undefined) return refuse(there === undefined ? "notFound" : "ended")
    if (name !== "" && name !== found) return refuse("otherName", found)
    if (entry !== undefined && !this.clients.mayAttach(client)) return refuse("tooMany")
    this.clients.send(client, { _tag: "TaskAttached", task, name: found })
    if (entry !== undefined) {
      this.join({ client, entry, task, listens: wantsOutput, output: undefined })
    } else if (kept !== undefined) {
      this.clients.send(client, { ...kept.end, task })
      if (kept.end._tag === "TaskCancelConfirm") {
        client.tombstones.add(task, { ...kept.end, _tag: "Confirm" })
      }
    }
  }

  /** A client has taken lines. */
  private linesTaken(client: Client, message: Message.TaskLogTaken): void {
    const entry = client.tasks.get(message.task)
    if (entry === undefined) return this.outlet.count("attemptStale") // G9
    const watcher = client.attached.get(message.task)
    if (watcher === undefined) return this.lines.takenBySubmitter(entry, message)
    this.lines.takenByWatcher(watcher, message)
  }

  /** A task has ended, by that confirm or by something else. */
  forget(entry: Entry, confirm: SchedulerTask.Confirm | undefined): void {
    const { client, task } = entry
    this.forgetFor(client, task.task, confirm)
    for (const { client: guest, task: number } of watchersOf(entry)) {
      guest.attached.delete(number)
      this.forgetFor(guest, number, confirm)
    }
  }

  /** How a detached task has ended, as long as that is kept. */
  endOf(id: string): End | undefined {
    return this.kept.get(id, this.outlet.nowMs())?.end
  }

  /** Forgets the kept ends for which there is no time any more. */
  evict(): void {
    if (this.kept.size > 0) this.kept.evict(this.outlet.nowMs())
  }

  status(): Status["kept"] {
    return { ends: this.kept.size, bytes: this.kept.bytes }
  }

  private join(watcher: Watcher): void {
    const { client, entry, task, listens } = watcher
    entry.owners = Owners.step(entry.owners, { _tag: "Attached" }).state
    entry.watchers ??= new Set()
    entry.watchers.add(watcher)
    client.attached.set(task, watcher)
    client.tasks.set(task, entry)
    const { state } = entry
    if ("started" in state && state.started && state._tag !== "cancelling") {
      const { attempt, worker } = state
      this.clients.send(client, { _tag: "TaskStarted", task, attempt, worker })
    }
    if (listens) this.lines.attached(watcher)
  }

  private keep({ client, task, owners }: Entry, end: End): void {
    if (!owners.detached) return
    const id = TaskId.format(client.session, task.task)
    this.kept.add(id, { name: task.name, end }, this.outlet.nowMs())
  }

  /** What there is of an id, or was. */
  private find(id: string): ReturnType<Clients["find"]> {
    const parts = TaskId.parse(id)
    return parts && this.clients.find(parts.session, parts.task)
  }

  private forgetFor(
    client: Client,
    task: number,
    confirm: SchedulerTask.Confirm | undefined,
  ): void {
    client.tasks.delete(task)
    if (!client.isHere) this.clients.tidy(client)
    else if (confirm !== undefined) client.tombstones.add(task, confirm)
  }
}

const isEnd = (message: Message.SchedulerToClient): message is End =>
  message._tag === "TaskResult" ||
  (message._tag === "TaskCancelConfirm" && message.type === "canceled")
