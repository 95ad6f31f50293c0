/**
 * Who is let in: asked at every hello, before anything is kept of who says it.
 *
 * Synchronous, because until it is answered somebody would have to keep what the peer says. Whoever
 * has to ask elsewhere does so before, and answers from what it has.
 */
import type { PeerId } from "./Ids.ts"

/** What a peer wants to be. */
export type Role = "client" | "worker" | "operator"

/** Who wants to be let in. */
export interface Applicant {
  readonly peer: PeerId
  readonly role: Role
  /** The worker's name; of others their session's. Anybody can say any that is free. */
  readonly name: string
  /** The public key by which the transport knows the peer; `undefined` where it knows none. */
  readonly key: string | undefined
}

/** Why a peer is not let in, as it is told; `undefined` if it is. */
export type Admission = (applicant: Applicant) => string | undefined

/** Lets everybody in, as whatever they say they are. */
export const allowAll: Admission = () => undefined

/** The public keys of those who are let in, by what they are let in as. Nobody is where none are listed. */
export interface ListedKeys {
  readonly clients?: Iterable<string>
  readonly workers?: Iterable<string>
  readonly operators?: Iterable<string>
}

/** Lets in who has one of the keys that are listed for its role. */
export const listedKeys = (listed: ListedKeys): Admission => {
  const keys: Readonly<Record<Role, ReadonlySet<string>>> = {
    client: new Set(listed.clients),
    worker: new Set(listed.workers),
    operator: new Set(listed.operators),
  }
  return ({ role, key }) => {
    if (key === undefined) {
      return `the scheduler lets in ${role}s by their keys, and this connection has none; connect by a transport that has, with a key that is listed`
    }
    return keys[role].has(key)
      ? undefined
      : `the key ${key} is not among those that the scheduler lets in as ${role}s; have it listed there, or use one that is`
  }
}

/** What an admission says. One that fails lets nobody in, and harms nobody else. */
export const ask = (admission: Admission, applicant: Applicant): string | undefined => {
  try {
    return admission(applicant)
  } catch (error) {
    return `the scheduler could not tell whether to let this ${applicant.role} in: ${error instanceof Error ? error.message : String(error)}`
  }
}
