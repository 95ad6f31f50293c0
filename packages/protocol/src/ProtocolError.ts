/**
 * A frame that is not what the protocol says it should be: what was wrong, and where.
 *
 * `where` is a path into the frame, such as `message 3 (TaskResult), field attempt`. The peer that
 * sent it has lost its session; nobody else is affected.
 */
export class ProtocolError extends Error {
  readonly _tag = "ProtocolError"
  readonly where: string
  readonly reason: string
  constructor(where: string, reason: string, options?: { readonly cause: unknown }) {
    super(`${where}: ${reason}`, options)
    this.name = "ProtocolError"
    this.where = where
    this.reason = reason
  }
}
