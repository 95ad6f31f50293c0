/** What frames are, beside the messages in them. */
import type { Message } from "../Message.ts"
import { ProtocolError } from "../ProtocolError.ts"
import type { Frame } from "../Wire.ts"

/** Who says hello with what was heard before speaks of a session that we have forgotten, or never had. */
export const unknownSession: ProtocolError = new ProtocolError(
  "frame, acknowledged",
  "this session is not known here, or not any more; begin a new one",
)

export const neverSent = (acknowledged: number, sent: number): ProtocolError =>
  new ProtocolError("frame, acknowledged", `frame ${acknowledged} was never sent, only ${sent}`)

export const isHello = (message: Message | undefined): boolean =>
  message?._tag === "ClientHello" ||
  message?._tag === "WorkerHello" ||
  message?._tag === "OperatorHello"

export const isEmpty = ({ messages, skipped }: Frame<Message>): boolean =>
  messages.length + skipped === 0
