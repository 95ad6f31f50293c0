/**
 * How a hello proves whose it is.
 *
 * CURVE lets in who has one of the keys that are allowed, but does not tell which of them a connection
 * has. So a hello names its key and has a code that only the holders of that key's secret and of the hub's
 * can make. Nobody else sees it, as it is encrypted to the hub, so nobody can say it again; and said
 * for another name, another instance or to another hub it proves nothing.
 */
import * as Redacted from "effect/Redacted"
import { createHmac, timingSafeEqual } from "node:crypto"
import type { KeyPair } from "../ZmqKeys.ts"
import type { Proof } from "./control.ts"
import { sharedOf } from "./x25519.ts"
import { decodeKey } from "./z85.ts"

/** What a proof is about. */
export interface Proved {
  readonly name: string
  readonly instance: string
}

/** Ours, to the hub of a public key. Throws a `RangeError` for one that nobody can have. */
export const proofTo = (hub: string, mine: KeyPair, of: Proved): Proof => {
  const code = codeOf(mine, hub, of)
  if (code === undefined) throw new RangeError(`the server's key ${hub} is nobody's; check it`)
  return { key: mine.publicKey, code: code.toString("hex") }
}

/** Whether a proof that the hub of these keys has got holds. */
export const holds = ({ key, code }: Proof, hub: KeyPair, of: Proved): boolean => {
  const expected = codeOf(hub, key, of)
  const given = Buffer.from(code, "hex")
  return expected?.length === given.length && timingSafeEqual(expected, given)
}

const codeOf = (mine: KeyPair, theirs: string, { name, instance }: Proved): Buffer | undefined => {
  const secret = decodeKey(Redacted.value(mine.secretKey))
  const other = decodeKey(theirs)
  if (secret === undefined || other === undefined) return undefined
  let shared: Buffer
  try {
    shared = sharedOf(secret, other)
  } catch {
    // One of the few points that are no keys.
    return undefined
  }
  const text = JSON.stringify(["scaler-zmq hello", name, instance])
  return createHmac("sha256", shared).update(text).digest()
}
