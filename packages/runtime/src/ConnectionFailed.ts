/** Why a client or a worker could not be connected: nobody answered in time, or the scheduler refused. */
export class ConnectionFailed extends Error {
  readonly _tag = "ConnectionFailed"
  /** The scheduler's name on the transport. */
  readonly scheduler: string
  readonly reason: string
  constructor(scheduler: string, reason: string) {
    super(`could not connect to the scheduler "${scheduler}": ${reason}`)
    this.name = "ConnectionFailed"
    this.scheduler = scheduler
    this.reason = reason
  }
}
