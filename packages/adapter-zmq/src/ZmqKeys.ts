/**
 * The keys by which two ends of a ZeroMQ connection know each other: CURVE's, as text in Z85, 40
 * characters each.
 *
 * The functions that touch files are synchronous and throw `KeyFileFailed`.
 */
import * as Redacted from "effect/Redacted"
import process from "node:process"
import { closeSync, fstatSync, openSync, rmSync, writeFileSync } from "node:fs"
import { curveKeyPair } from "zeromq"
import { failed, readText } from "./internal/keyFile.ts"
import { publicOf } from "./internal/x25519.ts"
import { decodeKey, encodeKey, isKey } from "./internal/z85.ts"
import { KeyFileFailed } from "./KeyFileFailed.ts"

/** One's own keys: the public one, which others are given, and the secret one, which nobody is. */
export interface KeyPair {
  readonly publicKey: string
  readonly secretKey: Redacted.Redacted
}

/** A new pair. */
export const generate = (): KeyPair => ofSecret(curveKeyPair().secretKey)

/** The pair of a secret key, which may come from anywhere. Throws a `RangeError` for what is no key. */
export const ofSecret = (secret: string | Redacted.Redacted): KeyPair => {
  const text = Redacted.isRedacted(secret) ? Redacted.value(secret) : secret
  const bytes = decodeKey(text)
  if (bytes === undefined) {
    throw new RangeError("the secret key is no key; give the 40 characters that a key file has")
  }
  return { publicKey: encodeKey(publicOf(bytes)), secretKey: Redacted.make(text) }
}

/** What the file of a public key has in it: what it is, and the key. */
export const publicText = ({ publicKey }: KeyPair): string =>
  `${headers.public}: give it to whoever has to know this peer.\n${publicKey}\n`

/**
 * Writes a pair to two files: the secret key to `file`, which only its owner may read, and the public
 * one to `file` with `.pub` after it, whose path it returns. Overwrites neither: what was encrypted to
 * a lost key is lost with it.
 */
export const write = (pair: KeyPair, file: string): string => {
  const publicFile = `${file}.pub`
  const secret = `${headers.secret}: whoever has it is this peer, so keep it.\n${Redacted.value(pair.secretKey)}\n`
  create(file, secret, 0o600)
  try {
    create(publicFile, publicText(pair), 0o644)
  } catch (error) {
    rmSync(file)
    throw error
  }
  return publicFile
}

/**
 * The pair whose secret key a file has. Refuses a file that others than its owner may read or change
 * (where the system knows owners: not on Windows).
 */
export const read = (file: string): KeyPair => {
  const text = readText(file, (descriptor) => {
    const isOpen = (fstatSync(descriptor).mode & 0o077) !== 0
    if (isOpen && process.platform !== "win32") {
      throw new KeyFileFailed(file, `others may read the secret key in it; run: chmod 600 ${file}`)
    }
  })
  return ofSecret(keyIn(file, text, "secret"))
}

/** The public key that a file has. */
export const readPublic = (file: string): string => keyIn(file, readText(file), "public")

type Kind = "public" | "secret"

/** What the first line of a file begins with. */
const headers: Readonly<Record<Kind, string>> = {
  public: "# scaler-ts public key",
  secret: "# scaler-ts secret key",
}

const keyIn = (file: string, text: string, kind: Kind): string => {
  const [first = "", key = "", ...more] = text.trimEnd().split(/\r?\n/)
  if (first.startsWith(headers[kind]) && isKey(key) && more.length === 0) return key
  throw new KeyFileFailed(file, whyNot(first, kind))
}

const whyNot = (first: string, kind: Kind): string => {
  if (kind === "public" && first.startsWith(headers.secret)) {
    return "it has a secret key, which is nobody else's; give the file of the public one, which ends with .pub"
  }
  if (kind === "secret" && first.startsWith(headers.public)) {
    return "it has a public key; give the file of the secret one, without .pub"
  }
  return `it is no file of a ${kind} key: those have a line "${headers[kind]}…" and one of 40 characters; write one with ZmqKeys.write`
}

const create = (file: string, text: string, mode: number): void => {
  let descriptor: number
  try {
    descriptor = openSync(file, "wx", mode)
  } catch (error) {
    throw failed(file, error)
  }
  try {
    writeFileSync(descriptor, text)
  } catch (error) {
    rmSync(file, { force: true })
    throw failed(file, error)
  } finally {
    closeSync(descriptor)
  }
}
