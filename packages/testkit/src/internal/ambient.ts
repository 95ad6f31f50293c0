/**
 * Keeps what runs in a world from reaching for the world outside.
 *
 * A clock, a timer or a random number that the world does not own makes an execution one that cannot
 * be repeated, and then nothing the search says is true. So while an execution runs they throw, and
 * name the service to use instead.
 */

/** Code inside a world used something of the world outside. */
export class AmbientCall extends Error {
  readonly _tag = "AmbientCall"
  /** What was called, such as `Date.now()`. */
  readonly called: string
  /** `at`: the line that called it, such as `main.ts:12`. */
  constructor(called: string, at: string, instead: string) {
    super(
      `${called} was called${at === "" ? "" : ` at ${at}`} inside a race, where it would be different ` +
        `every time; use ${instead}`,
    )
    this.name = "AmbientCall"
    this.called = called
  }
}

const clock = "Effect's Clock (Clock.currentTimeMillis), which is the world's time"
const timer = "Effect.sleep, which is the world's time"
const turn = "Effect.yieldNow, which is a turn of the world's"
const random = "Effect's Random (Random.next), which repeats with the world's seed"

/** The time of the world outside, for the explorer itself. */
export const outsideNowMs: () => number = performance.now.bind(performance)

export class AmbientGuard {
  /** The first call that was refused: it counts even if whoever made it caught the error. */
  refused: AmbientCall | undefined

  /** Runs something with everything ambient out of reach. */
  during<A>(run: () => A): A {
    const restores = guarded.map(([holder, key, make]) => this.replace(holder, key, make))
    const { stackTraceLimit } = Error
    // An error's stack leads out of the world, so it would differ from search to replay; errors that
    // tasks throw cross the network with it.
    Error.stackTraceLimit = 0
    try {
      return run()
    } finally {
      Error.stackTraceLimit = stackTraceLimit
      for (const restore of restores) restore()
    }
  }

  readonly refuse = (called: string, instead: string): never => {
    const error = new AmbientCall(called, callerOf(), instead)
    this.refused ??= error
    throw error
  }

  private replace(holder: object, key: string, make: Replacement): () => void {
    const before = Object.getOwnPropertyDescriptor(holder, key)
    const real: unknown = Reflect.get(holder, key)
    const replacement = make(real, this.refuse)
    Object.defineProperty(holder, key, { value: replacement, configurable: true, writable: true })
    return () => {
      if (before === undefined) Reflect.deleteProperty(holder, key)
      else Object.defineProperty(holder, key, before)
    }
  }
}

/** The first line outside of this file on the stack, without its folder. */
const callerOf = (): string => {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = framesMax
  const { stack = "" } = new Error("who called")
  Error.stackTraceLimit = stackTraceLimit
  const frames = stack.split("\n").slice(1)
  const caller = frames.find((line) => !/[\\/]ambient\.[jt]s[:?]/.test(line)) ?? ""
  // Loaders may tell modules apart by a query behind the name.
  const [, file, line] = /([^\\/(?]+)(?:\?[^:]*)?(:\d+):\d+\)?$/.exec(caller) ?? []
  return file === undefined || line === undefined ? "" : `${file}${line}`
}

/** Further down nobody looks for who called. */
const framesMax = 10

type Refuse = AmbientGuard["refuse"]
type Replacement = (real: unknown, refuse: Refuse) => unknown

const refusing =
  (called: string, instead: string): Replacement =>
  (_, refuse) =>
  () =>
    refuse(called, instead)

/** A `Date` that is made of numbers or text is a value like any other; only "now" is refused. */
const dateWithoutNow: Replacement = (real, refuse) =>
  new Proxy(real as DateConstructor, {
    apply: () => refuse("Date()", clock),
    construct: (target, args, newTarget) =>
      args.length === 0
        ? refuse("new Date()", clock)
        : (Reflect.construct(target, args, newTarget) as object),
    get: (target, key) =>
      key === "now" ? () => refuse("Date.now()", clock) : Reflect.get(target, key),
  })

const guarded: ReadonlyArray<readonly [object, string, Replacement]> = [
  [globalThis, "Date", dateWithoutNow],
  [globalThis, "setTimeout", refusing("setTimeout", timer)],
  [globalThis, "setInterval", refusing("setInterval", timer)],
  [globalThis, "setImmediate", refusing("setImmediate", turn)],
  [globalThis, "queueMicrotask", refusing("queueMicrotask", turn)],
  [AbortSignal, "timeout", refusing("AbortSignal.timeout", timer)],
  [process, "nextTick", refusing("process.nextTick", turn)],
  [process, "hrtime", refusing("process.hrtime", clock)],
  [globalThis, "fetch", refusing("fetch", "a job, whose end the explorer chooses")],
  [Math, "random", refusing("Math.random()", random)],
  [performance, "now", refusing("performance.now()", clock)],
  [crypto, "randomUUID", refusing("crypto.randomUUID()", random)],
  [crypto, "getRandomValues", refusing("crypto.getRandomValues()", random)],
]
