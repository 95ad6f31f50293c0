/** The end of a run as bytes, for the message that carries it. */
import { Values } from "@scaler-ts/protocol"
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
export const encodeEnd = (task: string, end: RunEnd): EncodedEnd => {
  switch (end._tag) {
    case "returned":
      try {
        return { end: "returned", ok: true, payload: Values.encode(end.value, "result") }
      } catch (error) {
        return { end: "returned", ok: false, payload: Values.encode(unsendable(task, error)) }
      }
    case "threw":
      return { end: "returned", ok: false, payload: Values.encodeThrown(end.error) }
    case "stopped":
      return { end: "stopped", payload: () => Values.encodeThrown(end.error) }
  }
}

// `encode` throws nothing but an `UnsupportedValue`.
const unsendable = (task: string, refusal: unknown): Error =>
  new TypeError(
    `what task "${task}" returned cannot be sent: ${(refusal as Values.UnsupportedValue).message}`,
  )
