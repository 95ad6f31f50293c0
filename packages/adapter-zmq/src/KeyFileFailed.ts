/** Why a file of keys cannot be used: it is not there, not ours, open to others, or says what cannot be read. */
export class KeyFileFailed extends Error {
  readonly _tag = "KeyFileFailed"
  readonly file: string
  readonly reason: string
  constructor(file: string, reason: string) {
    super(`could not use the keys of ${file}: ${reason}`)
    this.name = "KeyFileFailed"
    this.file = file
    this.reason = reason
  }
}
