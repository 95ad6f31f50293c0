// The transport of the tests whose workers are processes of their own keeps what it has to keep.
import { schedulerPeer } from "@scaler-ts/protocol"
import { transportConformance } from "@scaler-ts/testkit/conformance"
import * as Effect from "effect/Effect"
import { temporary } from "../../packages/worker/test/fixtures/processEvidence.ts"
import { StreamHub, StreamSpoke } from "../support/StreamTransport.ts"

const setup = Effect.gen(function* () {
  const folder = yield* Effect.acquireRelease(Effect.sync(temporary), (folder) =>
    Effect.sync(() => folder[Symbol.dispose]()),
  )
  const path = folder.file("hub")
  const peers = new Map<string, StreamHub | StreamSpoke>()
  const join = async (name: string): Promise<StreamHub | StreamSpoke> => {
    const isHub = name === schedulerPeer
    const peer = isHub
      ? await StreamHub.open(name, path)
      : new StreamSpoke(name, schedulerPeer, path)
    peers.set(name, peer)
    return peer
  }
  return {
    join: (name: string) => Effect.promise(() => join(name)),
    crash: ({ self }: { readonly self: string }) => Effect.sync(() => peers.get(self)?.crash()),
    cut: (one: string, other: string) => Effect.sync(() => peers.get(one)?.cut(other)),
  }
})

transportConformance("stream", { setup })
