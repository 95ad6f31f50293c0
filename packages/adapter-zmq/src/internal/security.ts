/**
 * The keys of options. What nobody can mean is a `RangeError`, at once; files are read afterwards, by what is
 * returned, which throws `KeyFileFailed`.
 */
import type { Admission } from "@scaler-ts/protocol"
import * as AllowedKeys from "../AllowedKeys.ts"
import { KeyFileFailed } from "../KeyFileFailed.ts"
import type { BindOptions, ConnectOptions, ZmqOptions } from "../ZmqOptions.ts"
import * as ZmqKeys from "../ZmqKeys.ts"
import type { HubCurve } from "./Gate.ts"
import type { LineCurve } from "./Line.ts"
import { isKey } from "./z85.ts"

type Read<A> = () => A

/** `undefined`: without keys. */
export const curveOfBind = (options: BindOptions): Read<HubCurve> | undefined => {
  const keys = keysOf(options)
  const allowed = allowedOf(options)
  if (keys === undefined && allowed === undefined) return undefined
  if (keys === undefined) {
    throw new RangeError(
      "it is said who is allowed, but no keys are given; give keys or keysFile, the scheduler's own",
    )
  }
  if (allowed === undefined) {
    throw new RangeError(
      "keys are given, but not who is allowed; give allowed or allowedFile, the public keys of those who may come in",
    )
  }
  return () => ({ keys: keys(), allowed: allowed() })
}

/** Without the proof, which takes a name. `undefined`: without keys. */
export const curveOfConnect = (
  options: ConnectOptions,
): Read<Omit<LineCurve, "proof">> | undefined => {
  const keys = keysOf(options)
  const server = serverOf(options)
  if (keys === undefined && server === undefined) return undefined
  if (keys === undefined) {
    throw new RangeError(
      "the scheduler's key is given, but none of our own; give keys or keysFile, too",
    )
  }
  if (server === undefined) {
    throw new RangeError(
      "keys are given, but not the scheduler's; give server or serverFile, its public key, too",
    )
  }
  return () => ({ keys: keys(), server: server() })
}

const keysOf = ({ keys, keysFile }: ZmqOptions): Read<ZmqKeys.KeyPair> | undefined =>
  oneOf(
    "keys",
    keys,
    // Anew: what is given may be of two pairs.
    ({ secretKey }) => ZmqKeys.ofSecret(secretKey),
    keysFile,
    ZmqKeys.read,
  )

const serverOf = ({ server, serverFile }: ConnectOptions): Read<string> | undefined =>
  oneOf("server", server, (key) => checkedKey("server", key), serverFile, ZmqKeys.readPublic)

const allowedOf = ({ allowed, allowedFile }: BindOptions): Read<Admission.ListedKeys> | undefined =>
  oneOf("allowed", allowed, checkedAllowed, allowedFile, (file) => {
    const entries = AllowedKeys.read(file)
    if (entries.length > 0) return AllowedKeys.listed(entries)
    throw new KeyFileFailed(file, "nobody is listed in it; give each who may come in a line")
  })

const oneOf = <Given, A>(
  name: string,
  given: Given | undefined,
  checked: (given: Given) => A,
  file: string | undefined,
  read: (file: string) => A,
): Read<A> | undefined => {
  if (given !== undefined && file !== undefined) {
    throw new RangeError(`${name} and ${name}File are given; give one of them`)
  }
  if (given !== undefined) {
    const value = checked(given)
    return () => value
  }
  return file === undefined ? undefined : () => read(file)
}

const checkedAllowed = (
  allowed: Admission.ListedKeys | ReadonlyArray<string>,
): Admission.ListedKeys => {
  const isList = (given: typeof allowed): given is ReadonlyArray<string> => Array.isArray(given)
  const all = isList(allowed) ? { clients: allowed, workers: allowed, operators: allowed } : allowed
  const { clients = [], workers = [], operators = [] } = all
  const listed = { clients: [...clients], workers: [...workers], operators: [...operators] }
  const keys = Object.entries(listed).flatMap(([role, of]) =>
    of.map((key) => checkedKey(isList(allowed) ? "allowed" : `allowed.${role}`, key)),
  )
  if (keys.length > 0) return listed
  throw new RangeError("allowed lists nobody; give the public keys of those who may come in")
}

const checkedKey = (name: string, key: string): string => {
  if (isKey(key)) return key
  throw new RangeError(
    `${name} has ${JSON.stringify(key)}, which is no public key; give the 40 characters of a .pub file`,
  )
}
