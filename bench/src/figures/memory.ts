/** P7: what a pending future holds of the heap, in processes of their own. */
import { fileURLToPath } from "node:url"
import { readChild } from "../child.ts"
import { type Bound, Measured, type Take } from "../Figure.ts"
import { type Samples, samplesOf } from "../harness.ts"

const entry = fileURLToPath(new URL("../children/pending.ts", import.meta.url))
const count = 1_000_000
const heapMb = 6_144

const kinds = [
  "client",
  "clientWithListener",
  "clientWithFiber",
  "promiseClient",
  "promiseClientAwaited",
  "clientAndScheduler",
  "deferred",
  "promise",
] as const
type Kind = (typeof kinds)[number]

/** The heap hardly differs from run to run. */
const roundsMax = 3

const budget: Bound = { atMost: 400 }

export const takeMemory: Take = async ({ rounds }) => {
  const heap = emptyPerKind()
  const buffers = emptyPerKind()
  for (let round = 0; round < Math.min(rounds, roundsMax); round++) {
    for (const kind of kinds) {
      const taken = await take(kind)
      heap[kind].push(taken["heap"] ?? Number.NaN)
      buffers[kind].push(taken["buffers"] ?? Number.NaN)
    }
  }
  const scheduler = less(heap.clientAndScheduler, heap.client)
  const frames = less(buffers.clientAndScheduler, buffers.client)
  const [client, listener] = [samplesOf(heap.client), samplesOf(heap.clientWithListener)]
  const [deferred, promise] = [samplesOf(heap.deferred), samplesOf(heap.promise)]
  const awaited = samplesOf(heap.promiseClientAwaited)
  const pending = new Measured("pending future, client", "B", client)
  return [
    pending.alone("P7", budget),
    pending.beside("Deferred in a Map", deferred),
    pending.beside("Promise.withResolvers in a Map", promise),
    new Measured("pending future, client, with an onDone", "B", listener).alone("P7", budget),
    new Measured("pending future, promise face", "B", samplesOf(heap.promiseClient)).beside(
      "Effect face",
      client,
    ),
    new Measured("pending future, awaited by a promise", "B", awaited).beside(
      "awaited by a fiber",
      samplesOf(heap.clientWithFiber),
    ),
    new Measured("queued task, scheduler", "B", scheduler).alone("P7", budget),
    new Measured("queued task, scheduler, frames kept", "B", frames).alone(),
  ]
}

const emptyPerKind = (): Readonly<Record<Kind, Array<number>>> => ({
  client: [],
  clientWithListener: [],
  clientWithFiber: [],
  promiseClient: [],
  promiseClientAwaited: [],
  clientAndScheduler: [],
  deferred: [],
  promise: [],
})

const take = (kind: Kind): Promise<Record<string, number>> =>
  readChild(["--expose-gc", `--max-old-space-size=${heapMb}`, entry, kind, String(count)])

const less = (both: ReadonlyArray<number>, one: ReadonlyArray<number>): Samples =>
  samplesOf(both.map((value, round) => value - (one[round] ?? Number.NaN)))
