/** The end of a run as bytes, for the message that carries it. */
import { type Limits, Values } from "@scaler-ts/protocol"
import type { RunEnd } from "./runTask.ts"

export type EncodedEnd =
  | {
      /** The function ended by itself. */
      readonly end: "returned"
      /** Whether `payload` is what it returned; otherwise it is the error. */
      readonly ok: boolean
      readonly payload: Uint8Array
    }
  | {
      /** It was interrupted. The error is encoded when asked for. */
      readonly end: "stopped"
      readonly payload: () => Uint8Array
    }

/** Encodes what a run came to. A value that cannot be sent becomes an error that names the task and the path. */
export const encodeEnd = (task: string, end: RunEnd, limits: Limits): EncodedEnd => {
  switch (end._tag) {
    case "returned":
      try {
        return { end: "returned", ok: true, payload: Values.encode(end.value, "result", limits) }
      } catch (error) {
        return { end: "returned", ok: false, payload: Values.encode(unsendable(task, error)) }
      }
    case "threw":
      return { end: "returned", ok: false, payload: Values.encodeThrown(end.error, limits) }
    case "stopped":
      return { end: "stopped", payload: () => Values.encodeThrown(end.error, limits) }
  }
}

// `encode` throws nothing but an `UnsupportedValue`.
const unsendable = (task: string, refusal: unknown): Error =>
  new TypeError(
    `what task "${task}" returned cannot be sent: ${(refusal as Values.UnsupportedValue).message}`,
  )

/** What an attempt ends with whose input is no value: what is wrong with the bytes. */
export const undecodable = (task: string, cause: unknown): Error => {
  // `decode` throws nothing but an `UndecodableValue`.
  const { message } = cause as Values.UndecodableValue
  return new TypeError(`the input of task "${task}" cannot be decoded: ${message}`, { cause })
}
