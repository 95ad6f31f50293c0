/** What a conformance suite is made of: networks of the adapter in question, tests, and known gaps. */
import type { PeerId, Transport } from "@scaler-ts/protocol"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { Peers } from "./Peers.ts"

/**
 * A network of the adapter's own, on which peers come and go.
 *
 * The first to join is `"scheduler"`. Everybody else speaks with it, and never with one another, so a
 * network of one hub and its spokes will do.
 */
export interface ConformanceNetwork {
  /** Joins under a name that is free: it never was taken, or its last owner has closed or crashed. */
  readonly join: (name: PeerId) => Effect.Effect<Transport, unknown>
  /**
   * Takes a peer away without a word of its own, as the end of its process would. It hears nothing any
   * more, whoever spoke with it is told that it is gone, and its name is free. `peer` is what `join` made; it
   * may be closed afterwards, which does nothing.
   */
  readonly crash: (peer: Transport) => Effect.Effect<void, unknown>
  /**
   * Breaks the connection of two peers that are both there and stay there, as a fault of the network
   * would: what is in flight may be lost, and each is told that the other is gone. Where there is no
   * connection it does nothing. Left out where connections cannot be broken; then no test is run that does so.
   */
  readonly cut?: (one: PeerId, other: PeerId) => Effect.Effect<void, unknown>
}

/** A test that an adapter is known to fail, and why. */
export interface Gap {
  /** The test's name. */
  readonly test: string
  readonly why: string
}

export interface ConformanceOptions {
  /**
   * Makes the network of one test, for the life of the scope. Outboxes should be small, some ten to a
   * thousand frames: the tests fill them.
   */
  readonly setup: Effect.Effect<ConformanceNetwork, unknown, Scope.Scope>
  /** What the adapter cannot do yet. A gap that is closed has to leave the list, or its test fails. */
  readonly gaps?: ReadonlyArray<Gap>
  /** How long a test may take, in milliseconds. 30,000 unless told otherwise; nothing is measured by it. */
  readonly waitMs?: number
}

/** One property, as a test on a network with nobody on it yet. */
export interface ConformanceTest {
  readonly name: string
  /** Whether it cuts connections, so that it can only run where the network has a `cut`. */
  readonly cuts?: boolean
  readonly run: (peers: Peers) => Effect.Effect<void, unknown, Scope.Scope>
}

const waitMsDefault = 30_000

/** Runs one test on a network of its own. Fails with what is wrong, after a quarter more than `waitMs` at the latest and what it takes to clear up. */
export const runTest = (
  test: ConformanceTest,
  options: Omit<ConformanceOptions, "gaps">,
): Effect.Effect<void, unknown> =>
  Effect.gen(function* () {
    const network = yield* options.setup
    const { waitMs = waitMsDefault } = options
    const peers = yield* Peers.make(network, waitMs)
    // Later than whatever the test waits for by name, so that it is the name that is told.
    yield* Effect.timeoutOrElse(Effect.scoped(test.run(peers)), {
      duration: waitMs * 1.25,
      orElse: () => Effect.fail(new Error(`it did not come to an end within ${waitMs} ms`)),
    })
  }).pipe(Effect.scoped)

/** Which tests can run on the networks of an adapter, and which cannot because it has no `cut`. Sets up one network to see. */
export const runnable = (
  tests: ReadonlyArray<ConformanceTest>,
  { setup }: Pick<ConformanceOptions, "setup">,
): Effect.Effect<Record<"run" | "left", ReadonlyArray<ConformanceTest>>, unknown> =>
  Effect.scoped(
    Effect.map(setup, ({ cut }) => {
      const isLeft = ({ cuts = false }: ConformanceTest): boolean => cuts && cut === undefined
      return { run: tests.filter((test) => !isLeft(test)), left: tests.filter(isLeft) }
    }),
  )

/** Names the gaps that are no test's. Throws an `Error`. */
export const refuseUnknownGaps = (
  tests: ReadonlyArray<ConformanceTest>,
  gaps: ReadonlyArray<Gap>,
): void => {
  const names = new Set(tests.map(({ name }) => name))
  const unknown = gaps.filter(({ test }) => !names.has(test)).map(({ test }) => `"${test}"`)
  if (unknown.length === 0) return
  throw new Error(
    `no test is named ${unknown.join(" or ")}; a gap names one of:\n${[...names].join("\n")}`,
  )
}

/** Runs a test that is known to fail. Fails if it does not, because then the gap is closed. */
export const runGap = (
  test: ConformanceTest,
  options: Omit<ConformanceOptions, "gaps">,
): Effect.Effect<void, Error> =>
  Effect.flatMap(Effect.exit(runTest(test, options)), (exit) =>
    exit._tag === "Failure"
      ? Effect.void
      : Effect.fail(new Error(`"${test.name}" passes now; take it off the list of gaps`)),
  )
