/**
 * How much more each client may send: what it was given, what it has spent, and what it is to be given.
 * Of a scheduler, or of a running task, whose clients submit its children.
 *
 * A client has a window of tasks, and of bytes of their inputs, that may be unfinished here. What of it is
 * not held here and not in the client's hands is owed to it. It is given together, from a quarter of the
 * window on or when the client may have nothing left, so that no message goes with every task. While all
 * clients together have as much here as there may be nobody is given anything, and afterwards everybody who
 * waits an equal share of the room there is, and one task at least. To let them take turns would be
 * stricter, but then those whose turn it is and who have nothing to send hold up the others.
 *
 * Pure but for its own numbers: no I/O, no clock, nothing of the tasks but how long their inputs are.
 */
import * as Credit from "./machine/Credit.ts"

type Counts = { -readonly [Name in keyof Credit.Amount]: number }

/** How much may be unfinished: of each client, and of all of them together. */
export interface CreditBounds {
  readonly client: Credit.Amount
  readonly all: Credit.Amount
}

/** What a client has of its window. */
export interface CreditAccount<Owner> {
  readonly owner: Owner
  /** Whether it has a window at all. */
  readonly isBounded: boolean
  /** What it was given and has not been seen to spend. Its bytes are below zero after a long input. */
  readonly left: Counts
  /** What it has spent on tasks that have not ended. */
  readonly held: Counts
  /** Whether something has changed since it was last looked at. */
  isListed: boolean
  /** Whether it takes what it is sent too slowly to be given more work. */
  isBehind: boolean
}

/** It is worth a message from this part of a window on. */
const worthwhilePart = 4

export class Credits<Owner> {
  private readonly bounds: CreditBounds
  /** What all of them have here, and those who have left and whose tasks have not ended. */
  private readonly held: Counts = { tasks: 0, bytes: 0 }
  private accounts = 0
  /** Who may be due. */
  private readonly listed = new Set<CreditAccount<Owner>>()

  constructor(bounds: CreditBounds) {
    this.bounds = bounds
  }

  /** A client is there. The amount is what it may send at first, which may be nothing at all. */
  open(owner: Owner): { readonly account: CreditAccount<Owner>; readonly first: Credit.Amount } {
    this.accounts++
    const account = newAccount(owner, true)
    const { room } = this
    const isFull = !Credit.maySpend(room)
    if (isFull) this.list(account)
    return {
      account,
      first: isFull ? nothing : (this.give(account, this.shareOf(room)) ?? nothing),
    }
  }

  /** One is there that may send without end, and is given no credit. What it has here counts against the others. */
  openUnbounded(owner: Owner): CreditAccount<Owner> {
    return newAccount(owner, false)
  }

  /** A client is gone. What it has here counts until it has ended. */
  close(account: CreditAccount<Owner>): void {
    if (account.isBounded) this.accounts--
    this.unlist(account)
    account.isBehind = true
  }

  /** A task has come; whether its client had the credit for it. */
  spend(account: CreditAccount<Owner>, inputBytes: number): boolean {
    const { left, held, isBounded } = account
    if (isBounded) {
      if (!Credit.maySpend(left)) return false
      left.tasks--
      left.bytes -= inputBytes
    }
    held.tasks++
    held.bytes += inputBytes
    this.held.tasks++
    this.held.bytes += inputBytes
    this.list(account)
    return true
  }

  /** A task has ended, once. */
  giveBack(account: CreditAccount<Owner>, inputBytes: number): void {
    const { held } = account
    held.tasks--
    held.bytes -= inputBytes
    this.held.tasks--
    this.held.bytes -= inputBytes
    this.list(account)
  }

  /** A client takes what it is sent too slowly, and is given nothing; or it has caught up. */
  setBehind(account: CreditAccount<Owner>, isBehind: boolean): void {
    account.isBehind = isBehind
    if (!isBehind) this.list(account)
  }

  /** Tells of whatever is to be given now. Called once per batch of messages. */
  settle(tell: (owner: Owner, amount: Credit.Amount) => void): void {
    if (this.listed.size === 0) return
    const { room } = this
    if (!Credit.maySpend(room)) return
    const share = this.shareOf(room)
    for (const account of this.listed) {
      this.unlist(account)
      const amount = account.isBehind ? undefined : this.give(account, share)
      if (amount !== undefined) tell(account.owner, amount)
    }
  }

  /** How much more all of them together may have here. */
  private get room(): Credit.Amount {
    const { all } = this.bounds
    return { tasks: all.tasks - this.held.tasks, bytes: all.bytes - this.held.bytes }
  }

  /** How much of its window each may have in its hands, if all are to have the same. */
  private shareOf(room: Credit.Amount): Credit.Amount {
    const { client } = this.bounds
    const part = (of: number): number => Math.max(1, Math.floor(of / this.accounts))
    return {
      tasks: Math.min(client.tasks, part(room.tasks)),
      bytes: Math.min(client.bytes, part(room.bytes)),
    }
  }

  /** Gives a client what it is owed, up to its share, if that is worth a message or it has nothing left. */
  private give(account: CreditAccount<Owner>, share: Credit.Amount): Credit.Amount | undefined {
    const { left, held } = account
    const { client } = this.bounds
    const amount: Credit.Amount = {
      tasks: dueOf(client.tasks - left.tasks - held.tasks, share.tasks - left.tasks),
      bytes: dueOf(client.bytes - left.bytes - held.bytes, share.bytes - left.bytes),
    }
    const isWorthwhile =
      amount.tasks * worthwhilePart >= share.tasks || amount.bytes * worthwhilePart >= share.bytes
    const frees = !Credit.maySpend(left) && Credit.maySpend(Credit.plus(left, amount))
    if (!isWorthwhile && !frees) return undefined
    left.tasks += amount.tasks
    left.bytes += amount.bytes
    return amount
  }

  private list(account: CreditAccount<Owner>): void {
    if (account.isListed || account.isBehind || !account.isBounded) return
    account.isListed = true
    this.listed.add(account)
  }

  private unlist(account: CreditAccount<Owner>): void {
    account.isListed = false
    this.listed.delete(account)
  }
}

const newAccount = <Owner>(owner: Owner, isBounded: boolean): CreditAccount<Owner> => ({
  owner,
  isBounded,
  left: { tasks: 0, bytes: 0 },
  held: { tasks: 0, bytes: 0 },
  isListed: false,
  isBehind: false,
})

const nothing: Credit.Amount = { tasks: 0, bytes: 0 }

const dueOf = (owed: number, upToShare: number): number => Math.max(0, Math.min(owed, upToShare))
