/** The clients that have said hello and are not gone: what each may send, and what is sent to it. */
import type { Credit, Message, PeerId } from "@scaler-ts/protocol"
import { type Bounds, Credits } from "./Credits.ts"
import { type Client, type Entry, newClient, type Outlet } from "./entries.ts"
import { overdrawn } from "./taskMessages.ts"

export interface ClientSettings {
  readonly tombstonesMax: number
  readonly bounds: Bounds
}

export class Clients {
  private readonly byPeer = new Map<PeerId, Client>()
  private readonly credits: Credits<PeerId>
  private readonly outlet: Outlet
  private readonly settings: ClientSettings

  constructor(outlet: Outlet, settings: ClientSettings) {
    this.outlet = outlet
    this.settings = settings
    this.credits = new Credits(settings.bounds)
  }

  get size(): number {
    return this.byPeer.size
  }

  get(peer: PeerId): Client | undefined {
    return this.byPeer.get(peer)
  }

  /** How many tombstones all of them have. */
  tombstones(): number {
    return [...this.byPeer.values()].reduce((sum, { tombstones }) => sum + tombstones.size, 0)
  }

  open(peer: PeerId): void {
    const { account, first } = this.credits.open(peer)
    this.byPeer.set(peer, newClient(peer, this.settings.tombstonesMax, account))
    // Also when it is nothing: a client that was never given any would send without end.
    this.tell(peer, first)
  }

  /** Of one that is gone nothing more is known, but what it still has here. */
  close(peer: PeerId): Client | undefined {
    const client = this.byPeer.get(peer)
    if (client === undefined) return undefined
    this.byPeer.delete(peer)
    this.credits.close(client.account)
    return client
  }

  /** The client, which is behind from now on, or has caught up. */
  setBehind(peer: PeerId, isBehind: boolean): Client | undefined {
    const client = this.byPeer.get(peer)
    if (client !== undefined) this.credits.setBehind(client.account, isBehind)
    return client
  }

  /** Takes the credit for a task; without any, says what is wrong. */
  spend({ account }: Client, { input }: Message.Task): string | undefined {
    const { bounds } = this.settings
    return this.credits.spend(account, input.length) ? undefined : overdrawn(bounds.client)
  }

  /** A task has ended. */
  giveBack({ client, task }: Entry): void {
    this.credits.giveBack(client.account, task.input.length)
  }

  /** Gives whatever credit is due. Called once per batch of messages. */
  settle(): void {
    this.credits.settle(this.tell)
  }

  private readonly tell = (peer: PeerId, amount: Credit.Amount): void =>
    this.outlet.toClient(peer, { _tag: "TaskCredit", ...amount })

  /** Nothing is sent to one that is gone. */
  send(client: Client, message: Message.SchedulerToClient): void {
    if (this.byPeer.get(client.peer) === client) this.outlet.toClient(client.peer, message)
  }
}
