/** The clients that have said hello, by their peers and their sessions: what each may send, and what is sent to it. */
import {
  Credit,
  type CreditBounds,
  Credits,
  type Message,
  type PeerId,
  SchedulerTask,
  type TaskNumber,
} from "@scaler-ts/protocol"
import type { ClientSays } from "./Connection.ts"
import { type Client, type Entry, formerState, newClient, type Outlet } from "./entries.ts"
import { asksTooMuch, confirmed, overdrawn } from "./taskMessages.ts"

export interface ClientSettings {
  readonly tombstonesMax: number
  readonly bounds: CreditBounds
}

export class Clients {
  private readonly byPeer = new Map<PeerId, Client>()
  /** Also those that are gone and have tasks that are being stopped. */
  private readonly bySession = new Map<string, Client>()
  private readonly credits: Credits<PeerId>
  private readonly outlet: Outlet
  private readonly settings: ClientSettings

  constructor(outlet: Outlet, settings: ClientSettings) {
    this.outlet = outlet
    this.settings = settings
    this.credits = new Credits(settings.bounds)
  }

  /** How many there are that are not gone, without workers. */
  get size(): number {
    return [...this.byPeer.values()].filter(({ account }) => account.isBounded).length
  }

  get(peer: PeerId): Client | undefined {
    return this.byPeer.get(peer)
  }

  /** How many tombstones all of them have, and how many of them may send nothing or take what they are sent too slowly. */
  counts(): Pick<Message.StatusTold, "tombstones" | "clientsBehind" | "clientsWithoutCredit"> {
    const clients = [...this.byPeer.values()]
    return {
      tombstones: clients.reduce((sum, { tombstones }) => sum + tombstones.size, 0),
      clientsBehind: clients.filter(({ account }) => account.isBounded && account.isBehind).length,
      clientsWithoutCredit: clients.filter(isWithoutCredit).length,
    }
  }

  /** The client of a session: it is here, or something that it submitted goes on. */
  ofSession(name: string): Client | undefined {
    return this.bySession.get(name)
  }

  /**
   * A task that a client has submitted and that has not ended; of one that has, how, as far as that is known.
   * `undefined` for one nobody has told of: a client also has numbers for what it has attached to.
   */
  find(session: string, task: TaskNumber): Entry | SchedulerTask.In<"ended"> | undefined {
    const client = this.bySession.get(session)
    if (client === undefined) return undefined
    const entry = client.tasks.get(task)
    if (entry?.client === client && entry.task.task === task) return entry
    if (entry !== undefined || task > client.submitted) return undefined
    return { _tag: "ended", confirm: client.tombstones.get(task) }
  }

  open(peer: PeerId, session: string): Client {
    const { account, first } = this.credits.open(peer)
    const client = newClient({ peer, session }, this.settings.tombstonesMax, account)
    this.byPeer.set(peer, client)
    this.bySession.set(session, client)
    // Also when it is nothing: a client that was never given any would send without end.
    this.tell(peer, first)
    return client
  }

  /**
   * A worker, as the client of the children of its attempts. It is given no credit and needs none: a parent waits for
   * its children, and what is unfinished here may be such parents alone. They are known by the worker's own session.
   */
  parent(peer: PeerId, session: string): Client {
    const known = this.byPeer.get(peer)
    if (known !== undefined) return known
    const account = this.credits.openUnbounded(peer)
    const client = newClient({ peer, session }, this.settings.tombstonesMax, account)
    this.byPeer.set(peer, client)
    this.bySession.set(session, client)
    return client
  }

  /** A client is gone. What it still has here is known until `tidy` finds nothing left. It is given no more credit. */
  close(peer: PeerId): Client | undefined {
    const client = this.byPeer.get(peer)
    if (client === undefined) return undefined
    this.byPeer.delete(peer)
    client.isHere = false
    client.tombstones.clear()
    this.credits.close(client.account)
    return client
  }

  /** Forgets a client that is gone, once nothing of it is left. */
  tidy(client: Client): void {
    if (client.tasks.size > 0 || client.isHere) return
    if (this.bySession.get(client.session) === client) this.bySession.delete(client.session)
  }

  /** The client, which is behind from now on, or has caught up. */
  setBehind(peer: PeerId, isBehind: boolean): Client | undefined {
    const client = this.byPeer.get(peer)
    if (client !== undefined) this.credits.setBehind(client.account, isBehind)
    return client
  }

  /** Takes the credit for a task, and its number; without any, says what is wrong. */
  spend(client: Client, { task, input }: Message.Task): string | undefined {
    const { bounds } = this.settings
    if (!this.credits.spend(client.account, input.length)) return overdrawn(bounds.client)
    client.submitted = task
    client.highest = Math.max(client.highest, task)
    return undefined
  }

  /** Whether it may attach to one more task: to as many as it may have submitted. */
  mayAttach({ attached }: Client): boolean {
    return attached.size < this.settings.bounds.client.tasks
  }

  /**
   * A client says something. As long as it takes what it is sent too slowly it may cancel all that it can have,
   * and ask for some more that is answered at once; what it returns is why it may ask for no more.
   */
  ask(client: Client, { _tag }: ClientSays): string | undefined {
    const { account } = client
    if (_tag !== "TaskCancel" && _tag !== "TaskAttach") return undefined
    if (!account.isBounded || !account.isBehind) {
      client.asked = 0
      return undefined
    }
    const most = 2 * this.settings.bounds.client.tasks + askedBesideMax
    return ++client.asked > most ? asksTooMuch(most) : undefined
  }

  /** A task has ended. */
  giveBack({ client, task }: Entry): void {
    this.credits.giveBack(client.account, task.input.length)
  }

  /** Gives whatever credit is due. Called once per batch of messages. */
  settle(): void {
    this.credits.settle(this.tell)
  }

  /** Answers the cancel of a task that is not there: it has ended, or never came. */
  answerLate(
    client: Client,
    task: TaskNumber,
    count: (counter: SchedulerTask.IgnoredByScheduler) => void,
  ): void {
    const { commands } = SchedulerTask.step(formerState(client, task), { _tag: "CancelAsked" })
    for (const command of commands) {
      if (command._tag === "Ignore") count(command.counter)
      else if (command._tag === "Confirm") this.send(client, confirmed(command, task))
    }
  }

  private readonly tell = (peer: PeerId, amount: Credit.Amount): void =>
    this.outlet.toClient(peer, { _tag: "TaskCredit", ...amount })

  /** Nothing is sent to one that is gone. */
  send(client: Client, message: Message.SchedulerToClient): void {
    if (client.isHere) this.outlet.toClient(client.peer, message)
  }
}

/** So much a client may ask that is about nothing that it has. */
const askedBesideMax = 1_000

const isWithoutCredit = ({ account }: Client): boolean =>
  account.isBounded && !Credit.maySpend(account.left)
