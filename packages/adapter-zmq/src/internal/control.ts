/**
 * What two ends of a connection say about it, beside the frames they carry.
 *
 * A frame is a message of one part and nothing around it. What is said about the connection is a
 * message of two parts, JSON and an empty one: it is rare, and can be read by whoever has to.
 */
import type { PeerId } from "@scaler-ts/protocol"
import { isKey } from "./z85.ts"

/** What is spoken here. Another version is another language: there are no minor ones. */
export const version = 1

const protocol = "scaler-zmq"

/** How much may be on its way to somebody who has not said that it has come. */
export interface Room {
  readonly frames: number
  readonly bytes: number
}

/** Whose a hello is: a public key, and a code that only its holder and the hub can make, in 64 hexadecimal digits. */
export interface Proof {
  readonly key: string
  readonly code: string
}

export type Control =
  /** Who connects says so first. `instance` tells it from others of its name. */
  | {
      readonly _tag: "Hello"
      readonly version: number
      readonly name: PeerId
      readonly instance: string
      readonly room: Room
      /** Where keys are asked for. */
      readonly proof?: Proof
    }
  /** The answer: frames may be sent. */
  | { readonly _tag: "Welcome"; readonly name: PeerId; readonly room: Room }
  /** The other answer, then or later: nothing more is heard. */
  | { readonly _tag: "Refused"; readonly reason: string }
  /** The third: somebody has that name, and is being asked whether it lives. */
  | { readonly _tag: "Held" }
  /** How much has come in all. */
  | { readonly _tag: "Taken"; readonly frames: number; readonly bytes: number }
  | { readonly _tag: "Ping"; readonly number: number }
  | { readonly _tag: "Pong"; readonly number: number }
  /** Says nothing: whether it can be sent is what its sender wants to know. */
  | { readonly _tag: "Probe" }
  /** No frame follows. */
  | { readonly _tag: "Bye" }
  | { readonly _tag: "ByeHeard" }

const bytesMax = 16_384
const nameCharactersMax = 1_000
const reasonCharactersMax = 2_000

export const encode = (control: Control): Buffer =>
  Buffer.from(JSON.stringify(control._tag === "Hello" ? { protocol, ...control } : control))

/** What was said, or `undefined` if it is nothing that is said here. */
export const decode = (bytes: Uint8Array): Control | undefined => {
  if (bytes.length > bytesMax) return undefined
  let said: unknown
  try {
    said = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes))
  } catch {
    return undefined
  }
  return isRecord(said) ? read(said) : undefined
}

type Fields = Readonly<Record<string, unknown>>

const isRecord = (value: unknown): value is Fields => typeof value === "object" && value !== null

const read = (said: Fields): Control | undefined => {
  switch (said["_tag"]) {
    case "Hello": {
      const { version, name, instance, room, proof } = said
      if (said["protocol"] !== protocol || !isCount(version)) return undefined
      if (!isName(name) || !isName(instance) || !isRoom(room)) return undefined
      const hello = { _tag: "Hello", version, name, instance, room } as const
      if (proof === undefined) return hello
      return isProof(proof) ? { ...hello, proof } : undefined
    }
    case "Welcome": {
      const { name, room } = said
      return isName(name) && isRoom(room) ? { _tag: "Welcome", name, room } : undefined
    }
    case "Refused": {
      const { reason } = said
      if (typeof reason !== "string") return undefined
      return { _tag: "Refused", reason: reason.slice(0, reasonCharactersMax) }
    }
    case "Taken": {
      const { frames, bytes } = said
      return isCount(frames) && isCount(bytes) ? { _tag: "Taken", frames, bytes } : undefined
    }
    case "Ping":
    case "Pong": {
      const { _tag, number } = said
      return isCount(number) ? { _tag, number } : undefined
    }
    case "Held":
    case "Probe":
    case "Bye":
    case "ByeHeard":
      return { _tag: said["_tag"] }
    default:
      return undefined
  }
}

const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0

export const isName = (value: unknown): value is string =>
  typeof value === "string" && value.length > 0 && value.length <= nameCharactersMax

const isRoom = (value: unknown): value is Room =>
  isRecord(value) && isFromOne(value["frames"]) && isFromOne(value["bytes"])

const isProof = (value: unknown): value is Proof =>
  isRecord(value) && isKey(value["key"]) && /^[0-9a-f]{64}$/.test(String(value["code"]))

const isFromOne = (value: unknown): boolean => isCount(value) && value >= 1
