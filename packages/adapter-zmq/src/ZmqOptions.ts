/** What can be said about a ZeroMQ transport, and what holds where nobody says otherwise. */
import {
  type Admission,
  limitsDefault,
  Liveness,
  type PeerId,
  schedulerPeer,
} from "@scaler-ts/protocol"
import { Checked } from "@scaler-ts/runtime"
import { isName } from "./internal/control.ts"
import type { HubOptions } from "./internal/Gate.ts"
import type { LineOptions } from "./internal/Line.ts"
import type { KeyPair } from "./ZmqKeys.ts"

export interface ZmqOptions {
  /** How many frames may be on their way to one peer before `send` refuses more. From 1; 1,024 unless told otherwise. */
  readonly outboxFramesMax?: number
  /** How many bytes, likewise; one frame is always taken. From 1; 67,108,864 (64 MiB) unless told otherwise. */
  readonly outboxBytesMax?: number
  /**
   * How long a frame may be, in bytes: a connection that brings a longer one is ended. As long as the
   * sessions' default limits allow unless told otherwise; with other limits give `frameBytesMax` of theirs.
   */
  readonly frameBytesMax?: number
  /**
   * How long a peer may be silent before its connection counts as gone, in milliseconds. It is asked for a
   * sign of life three times as often. 15,000 unless told otherwise; `Infinity`: for ever.
   */
  readonly silenceMs?: number
  /**
   * How long `close` and `disconnect` wait for the other end to have heard what was sent before, in
   * milliseconds; then it is dropped. 5,000 unless told otherwise.
   */
  readonly lingerMs?: number
  /**
   * Our keys. With them everything is encrypted, and each end knows whom it speaks with: a scheduler lets in
   * who is `allowed`, and who connects speaks with nobody but the `server`. Without keys unless told otherwise.
   */
  readonly keys?: KeyPair
  /** The same from a file that `ZmqKeys.write` has written, which only its owner may read. */
  readonly keysFile?: string
  /**
   * Whether `tcp` addresses beyond this machine are allowed without keys: whoever can reach them can join,
   * read and change everything. `false` unless told otherwise.
   */
  readonly insecure?: boolean
}

export interface BindOptions extends ZmqOptions {
  /** Our name. `"scheduler"` unless told otherwise. */
  readonly name?: PeerId
  /** How many may be connected at a time; others are refused. From 1; 10,000 unless told otherwise. */
  readonly connectionsMax?: number
  /**
   * The public keys of those who may come in, by what they may be; with a list each may be everything.
   * Needs `keys` or `keysFile`, and they need it.
   */
  readonly allowed?: Admission.ListedKeys | ReadonlyArray<string>
  /** The same from a file as `AllowedKeys` has it. It is read once, when the scheduler begins to listen. */
  readonly allowedFile?: string
}

export interface ConnectOptions extends ZmqOptions {
  /** Our name, which nobody else may have. Made up unless told otherwise. */
  readonly name?: PeerId
  /** How long the scheduler may take to answer, in milliseconds. Until then it is tried again. 5,000 unless told otherwise. */
  readonly connectMs?: number
  /** The scheduler's public key. Needs `keys` or `keysFile`, and they need it. */
  readonly server?: string
  /** The same from the `.pub` file that `ZmqKeys.write` has written. */
  readonly serverFile?: string
}

const bounds = (options: ZmqOptions) => {
  const { outboxFramesMax = 1_024, outboxBytesMax = 67_108_864, lingerMs = 5_000 } = options
  const { frameBytesMax = limitsDefault.frameBytesMax } = options
  const { silenceMs = Liveness.silenceMsDefault } = options
  if (!(silenceMs >= 1)) {
    throw new RangeError(
      `silenceMs is ${silenceMs}; give milliseconds from 1 up, or Infinity if it may be silent for ever`,
    )
  }
  return {
    room: {
      frames: Checked.wholeFromOne("outboxFramesMax", outboxFramesMax),
      bytes: Checked.wholeFromOne("outboxBytesMax", outboxBytesMax),
    },
    frameBytesMax: Checked.wholeFromOne("frameBytesMax", frameBytesMax),
    silenceMs,
    lingerMs: Checked.milliseconds("lingerMs", lingerMs),
  }
}

export const checkedBind = (options: BindOptions): Omit<HubOptions, "curve"> => {
  const { name = schedulerPeer, connectionsMax = 10_000 } = options
  return {
    ...bounds(options),
    name: checkedName(name),
    connectionsMax: Checked.wholeFromOne("connectionsMax", connectionsMax),
  }
}

export const checkedConnect = (
  address: string,
  options: ConnectOptions,
  nameOtherwise: () => PeerId,
): Omit<LineOptions, "curve" | "instance"> => {
  const { name = nameOtherwise(), connectMs = 5_000 } = options
  return {
    ...bounds(options),
    address,
    name: checkedName(name),
    connectMs: Checked.milliseconds("connectMs", connectMs),
  }
}

const checkedName = (name: PeerId): PeerId => {
  if (isName(name)) return name
  throw new RangeError(`the name is ${JSON.stringify(name)}; give 1 to 1,000 characters`)
}
