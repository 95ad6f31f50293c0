/** Who may speak with a hub: decided at each hello, before anything is kept of who says it. */
import { Admission, type PeerId } from "@scaler-ts/protocol"
import * as Redacted from "effect/Redacted"
import type { SocketOptions, Router } from "zeromq"
import type { KeyPair } from "../ZmqKeys.ts"
import type { Bounds } from "./Conversation.ts"
import { version } from "./control.ts"
import { holds } from "./proof.ts"
import type { Hello } from "./Seats.ts"
import { answerFor, answerNoMore } from "./zap.ts"

/** So many bytes an encrypted message has beside what it carries: RFC 26. */
export const encryptionBytes = 33

/** A hub's keys, and whom it lets in. */
export interface HubCurve {
  readonly keys: KeyPair
  readonly allowed: Admission.ListedKeys
}

export interface HubOptions extends Bounds {
  readonly name: PeerId
  readonly connectionsMax: number
  /** How long an end waits to be heard. */
  readonly lingerMs: number
  readonly curve: HubCurve | undefined
}

/** What is to be known of a hub to answer a hello. */
export interface Full {
  readonly connections: number
  readonly isClosing: boolean
}

/** What a hello comes to: a reason why not, or the key that it has proved, where keys are asked for. */
export type Answer =
  | { readonly _tag: "Refused"; readonly reason: string }
  | { readonly _tag: "Heard"; readonly key: string | undefined }

let gates = 0

export class Gate {
  /** Who may be what, where keys say it. */
  readonly admission: Admission.Admission | undefined
  private readonly domain = `scaler-zmq-${gates++}`
  private readonly keys: ReadonlySet<string>
  private readonly options: HubOptions

  constructor(options: HubOptions) {
    this.options = options
    const { clients = [], workers = [], operators = [] } = options.curve?.allowed ?? {}
    this.keys = new Set([...clients, ...workers, ...operators])
    this.admission =
      options.curve === undefined
        ? undefined
        : Admission.listedKeys({ clients, workers, operators })
  }

  get socketOptions(): SocketOptions<Router> {
    const { curve, frameBytesMax } = this.options
    if (curve === undefined) return { maxMessageSize: frameBytesMax }
    return {
      maxMessageSize: frameBytesMax + encryptionBytes,
      curveServer: true,
      curvePublicKey: curve.keys.publicKey,
      curveSecretKey: Redacted.value(curve.keys.secretKey),
      zapDomain: this.domain,
      // Or everybody is let in while nobody answers for the domain.
      zapEnforceDomain: true,
    }
  }

  /** Before the hub listens. */
  async open(): Promise<void> {
    if (this.options.curve !== undefined) {
      await answerFor(this.domain, (publicKey) => this.keys.has(publicKey))
    }
  }

  async close(): Promise<void> {
    if (this.options.curve !== undefined) await answerNoMore(this.domain)
  }

  answer(hello: Hello, full: Full): Answer {
    const { curve } = this.options
    const reason = this.objection(hello, full) ?? this.doubt(hello)
    if (reason !== undefined) return { _tag: "Refused", reason }
    return { _tag: "Heard", key: curve === undefined ? undefined : hello.proof?.key }
  }

  private objection({ version: theirs, name }: Hello, full: Full): string | undefined {
    const { connectionsMax, name: self } = this.options
    if (theirs !== version)
      return `version ${theirs} is spoken there, and ${version} here; give both the same release`
    if (full.isClosing) return "the scheduler has stopped"
    if (name === self) return `"${name}" is the scheduler's own name; use another`
    if (full.connections >= connectionsMax)
      return `${connectionsMax} are connected, and more are not allowed; raise connectionsMax`
    return undefined
  }

  /** Why it is not believed to have the key that it says. */
  private doubt(hello: Hello): string | undefined {
    const { curve } = this.options
    const { proof } = hello
    if (curve === undefined) return undefined
    if (proof === undefined) return "the hello proves no key; connect with keys"
    if (!this.keys.has(proof.key)) return `the key ${proof.key} is not allowed here`
    if (!holds(proof, curve.keys, hello)) return `the hello does not prove the key ${proof.key}`
    return undefined
  }
}
