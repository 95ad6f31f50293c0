/** The arithmetic of keys: those of ZeroMQ's CURVE are X25519 keys, which Node knows in wrappings of its own. */
import { createPrivateKey, createPublicKey, diffieHellman, type KeyObject } from "node:crypto"

/** What comes before the 32 bytes of a key in DER. */
const pkcs8 = Buffer.from("302e020100300506032b656e04220420", "hex")
const spki = Buffer.from("302a300506032b656e032100", "hex")

const secretObject = (secret: Uint8Array): KeyObject =>
  createPrivateKey({ key: Buffer.concat([pkcs8, secret]), format: "der", type: "pkcs8" })

/** The public key of a secret one. */
export const publicOf = (secret: Uint8Array): Buffer =>
  createPublicKey(secretObject(secret))
    .export({ format: "der", type: "spki" })
    .subarray(spki.length)

/** What only the holders of the two secret keys know. Throws for a public key that is none. */
export const sharedOf = (secret: Uint8Array, theirs: Uint8Array): Buffer =>
  diffieHellman({
    privateKey: secretObject(secret),
    publicKey: createPublicKey({
      key: Buffer.concat([spki, theirs]),
      format: "der",
      type: "spki",
    }),
  })
