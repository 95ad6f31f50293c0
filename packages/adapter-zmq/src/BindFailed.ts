/** Why nobody can listen at an address: it is taken, not ours, or none. */
export class BindFailed extends Error {
  readonly _tag = "BindFailed"
  readonly address: string
  readonly reason: string
  constructor(address: string, reason: string) {
    super(`could not listen at ${address}: ${reason}`)
    this.name = "BindFailed"
    this.address = address
    this.reason = reason
  }
}
