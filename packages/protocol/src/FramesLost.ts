import { ProtocolError } from "./ProtocolError.ts"

/** A frame came and one before it has not: the connection has lost something. */
export class FramesLost extends ProtocolError {
  constructor(sequence: number, received: number) {
    super(
      "frame, sequence",
      `frame ${sequence} came after frame ${received}: frames have been lost`,
    )
  }
}
