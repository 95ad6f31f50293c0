/**
 * How far functions on this event loop say they have come.
 *
 * They cannot be held, and whoever says it in a loop would have it pile up until that loop ends. So of what
 * one says within a turn only the first few are passed on, and then the newest.
 */

/** So much of one attempt is passed on within a turn, and the newest beside. */
const perTurnMax = 16

interface Said {
  times: number
  /** What has not been passed on. */
  newest: number | undefined
}

export class InlineProgress {
  private readonly saidThisTurn = new Map<number, Said>()
  private readonly defer: (run: () => void) => void
  private readonly tell: (key: number, fraction: number) => void

  constructor(defer: InlineProgress["defer"], tell: InlineProgress["tell"]) {
    this.defer = defer
    this.tell = tell
  }

  said(key: number, fraction: number): void {
    let said = this.saidThisTurn.get(key)
    if (said === undefined) {
      if (this.saidThisTurn.size === 0) this.defer(() => this.turnOver())
      said = { times: 0, newest: undefined }
      this.saidThisTurn.set(key, said)
    }
    if (++said.times > perTurnMax) said.newest = fraction
    else this.tell(key, fraction)
  }

  /** An attempt has ended, and its end is about to be told. */
  ended(key: number): void {
    const said = this.saidThisTurn.get(key)
    if (said === undefined) return
    this.tellNewest(key, said)
    said.newest = undefined
  }

  private turnOver(): void {
    for (const [key, said] of this.saidThisTurn) this.tellNewest(key, said)
    this.saidThisTurn.clear()
  }

  private tellNewest(key: number, { newest }: Said): void {
    if (newest !== undefined) this.tell(key, newest)
  }
}
