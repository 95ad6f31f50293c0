/** `scaler-ts cancel`: orders tasks to stop, and says truly what became of each. */
import type { CancelReceipt, NoAnswer, Operator } from "@scaler-ts/operator"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import { withOperator } from "../cluster.ts"
import type { Snapshot } from "../bar.ts"
import { CommandError, type ExitCode, exitCodes } from "../CommandError.ts"
import type { Invocation } from "../invocation.ts"
import { assertIds } from "../named.ts"
import type { Output } from "../output.ts"
import { startProgressBeside } from "../progress.ts"
import { codeOf, orderText } from "../receipts.ts"
import { isConfirmed, stdinLines } from "../stdin.ts"
import { listenForStops } from "../stops.ts"
import { remembered } from "../submitted.ts"

export interface CancelArguments {
  readonly ids: ReadonlyArray<string>
  readonly all: boolean
  readonly mine: boolean
  readonly name: string | undefined
  readonly waitMs: number
  readonly yes: boolean
}

/** Whose tasks are asked for at a time: what a scheduler tells at most. */
const pageMax = 10_000

export const cancel = async (
  args: CancelArguments,
  { out, settings }: Invocation,
): Promise<ExitCode> => {
  const ids = await namedIds(args, settings.get("address"))
  if (args.all && !args.yes) await confirmAll()
  // Of what this user has submitted most has ended long ago, and is not worth a word.
  const orders = new Orders(out, { tellsNotFound: !args.mine })
  const progress = startProgressBeside(out, () => orders.snapshot)
  const left = Deferred.makeUnsafe<void>()
  const unlisten = listenForStops(undefined, {
    onStop: (reason) => {
      // Nobody reads what becomes of them, but whoever ordered it may still want the exit code.
      if (reason !== "reader-gone") Deferred.doneUnsafe(left, Effect.void)
    },
    onSignalAgain: () => process.exit(exitCodes.interrupted),
  })
  try {
    const isLeft = await withOperator(settings, (operator) => {
      const one = (id: string): Effect.Effect<void, NoAnswer> => orders.give(operator, id, args)
      const given = ids === undefined ? eachListed(operator, args.name, one) : all(ids, one)
      return Effect.raceFirst(Effect.as(given, false), Effect.as(Deferred.await(left), true))
    })
    return orders.end(isLeft)
  } finally {
    progress.end()
    unlisten()
  }
}

const all = <E>(
  ids: Iterable<string>,
  one: (id: string) => Effect.Effect<void, E>,
): Effect.Effect<void, E> => Effect.forEach(ids, one, { concurrency: "unbounded", discard: true })

/** What is there, and what has come there meanwhile, each once. */
const eachListed = (
  operator: Operator,
  name: string | undefined,
  one: (id: string) => Effect.Effect<void, NoAnswer>,
): Effect.Effect<void, NoAnswer> =>
  Effect.gen(function* () {
    const seen = new Set<string>()
    for (;;) {
      const filter = name === undefined ? { limit: pageMax } : { limit: pageMax, name }
      const { tasks } = yield* operator.tasks(filter)
      const fresh = tasks.map(({ id }) => id).filter((id) => !seen.has(id))
      if (fresh.length === 0) return
      for (const id of fresh) seen.add(id)
      yield* all(fresh, one)
    }
  })

/** The ids, of what is named by them; `undefined`: they are the scheduler's to know. */
const namedIds = async (
  { all: every, ids, mine, name }: CancelArguments,
  address: string,
): Promise<ReadonlyArray<string> | undefined> => {
  const ways = [ids.length > 0, every, mine, name !== undefined].filter(Boolean).length
  if (ways !== 1) {
    throw new CommandError(
      ways === 0
        ? 'Which tasks? Give ids ("scaler-ts tasks" lists them), or --mine, --name <task> or --all.'
        : "Give ids, --mine, --name or --all, and only one of these.",
    )
  }
  if (every || name !== undefined) return undefined
  if (mine) return remembered(process.env, address)
  const given: Array<string> = []
  for (const id of ids) {
    if (id !== "-") given.push(id)
    else for await (const line of stdinLines("ids")) given.push(line.trim())
  }
  assertIds(given)
  return [...new Set(given)]
}

const confirmAll = async (): Promise<void> => {
  if (!process.stdin.isTTY) {
    throw new CommandError("--all cancels the tasks of every client; say --yes if that is meant.")
  }
  if (await isConfirmed("Cancel every unfinished task of every client?")) return
  throw new CommandError("Nothing was cancelled.", exitCodes.failure)
}

/** Orders that were given, and what became of them. */
class Orders {
  private readonly out: Output
  private readonly tellsNotFound: boolean
  private readonly receipts = new Map<string, CancelReceipt>()
  private readonly open = new Set<string>()
  private readonly startMs = performance.now()

  constructor(out: Output, { tellsNotFound }: { readonly tellsNotFound: boolean }) {
    this.out = out
    this.tellsNotFound = tellsNotFound
  }

  give(operator: Operator, id: string, { waitMs }: CancelArguments): Effect.Effect<void, NoAnswer> {
    return Effect.suspend(() => {
      this.open.add(id)
      return Effect.map(operator.cancel(id, { boundMs: waitMs }), (receipt) => {
        this.open.delete(id)
        if (receipt._tag === "NotFound" && !this.tellsNotFound) return
        this.receipts.set(id, receipt)
        this.out.record("receipt", { id, receipt })
        this.out.line(`${id}  ${orderText(receipt)}`)
      })
    })
  }

  get snapshot(): Snapshot {
    const done = this.receipts.size
    const given = done + this.open.size
    const elapsedMs = performance.now() - this.startMs
    // Before the first order nobody knows how many there will be.
    const total = given === 0 ? undefined : given
    return { total, done, failed: 0, elapsedMs, isStopping: false }
  }

  end(isLeft: boolean): ExitCode {
    const counts: Record<string, number> = {}
    for (const { _tag } of this.receipts.values()) counts[_tag] = (counts[_tag] ?? 0) + 1
    this.out.record("cancelled", { receipts: counts, unconfirmed: [...this.open] })
    if (isLeft) {
      const ids = [...this.open].map((id) => `\n  ${id}`).join("")
      this.out.warn(
        `Left without waiting. The orders stand; ${this.open.size} were not confirmed yet:${ids}`,
      )
      return exitCodes.interrupted
    }
    if (this.receipts.size === 0) this.out.say("There was nothing to cancel.")
    return codeOf(this.receipts.values())
  }
}
