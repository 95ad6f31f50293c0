/** Why nothing can be served or sent: an address that is taken or none, or a setting that nobody can mean. */
export class TelemetryFailed extends Error {
  readonly _tag = "TelemetryFailed"
  constructor(reason: string, options?: ErrorOptions) {
    super(reason, options)
    this.name = "TelemetryFailed"
  }
}
