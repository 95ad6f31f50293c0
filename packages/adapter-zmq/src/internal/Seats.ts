/** Who is connected to a hub: by the number of its connection, and by name. */
import type { PeerId } from "@scaler-ts/protocol"
import type { Control } from "./control.ts"
import type { Conversation } from "./Conversation.ts"

export type Hello = Extract<Control, { readonly _tag: "Hello" }>

/**
 * `here`: it has its name. `held`: it waits for its name, which somebody else has. `left`: we have
 * left it, and its name is free.
 */
export type SeatState = "held" | "here" | "left"

export class Seat {
  state: SeatState = "held"
  /** Whether its connection is gone, and only what that had brought is still taken. */
  isCut = false
  /** What it was asked last, when somebody wanted its name. */
  asked: number | undefined
  readonly id: Buffer
  readonly name: PeerId
  readonly instance: string
  /** The public key that it has proved to have, where keys are asked for. */
  readonly key: string | undefined
  readonly conversation: Conversation

  constructor(
    id: Buffer,
    { name, instance }: Hello,
    key: string | undefined,
    conversation: (seat: Seat) => Conversation,
  ) {
    this.id = id
    this.name = name
    this.instance = instance
    this.key = key
    this.conversation = conversation(this)
  }

  /** Whether two connections are of one peer. */
  isOf(other: Seat): boolean {
    return this.instance === other.instance && this.key === other.key
  }
}

export class Seats {
  private readonly byNumber = new Map<number | string, Seat>()
  private readonly byName = new Map<PeerId, Seat>()
  private readonly waiting = new Map<PeerId, Seat>()

  get size(): number {
    return this.byNumber.size
  }

  /** All there are now; whoever goes through them may remove some. */
  all(): ReadonlyArray<Seat> {
    return [...this.byNumber.values()]
  }

  at(id: Buffer): Seat | undefined {
    return this.byNumber.get(keyOf(id))
  }

  named(name: PeerId): Seat | undefined {
    return this.byName.get(name)
  }

  /** Who waits for a name. */
  heldFor(name: PeerId): Seat | undefined {
    return this.waiting.get(name)
  }

  seat(seat: Seat): void {
    seat.state = "here"
    this.byNumber.set(keyOf(seat.id), seat)
    this.byName.set(seat.name, seat)
  }

  hold(seat: Seat): void {
    this.byNumber.set(keyOf(seat.id), seat)
    this.waiting.set(seat.name, seat)
  }

  /** It waits no longer. */
  release(seat: Seat): Seat {
    this.waiting.delete(seat.name)
    return seat
  }

  /** We leave it: its name is free, its connection is not gone yet. */
  vacate(seat: Seat): void {
    seat.state = "left"
    if (this.byName.get(seat.name) === seat) this.byName.delete(seat.name)
  }

  remove(seat: Seat): void {
    this.vacate(seat)
    this.byNumber.delete(keyOf(seat.id))
    if (this.waiting.get(seat.name) === seat) this.waiting.delete(seat.name)
  }
}

/** The numbers that ZeroMQ gives are a zero and four bytes; what others give themselves is something else. */
const keyOf = (id: Buffer): number | string =>
  id.length === 5 && id[0] === 0 ? id.readUInt32BE(1) : id.toString("hex")
