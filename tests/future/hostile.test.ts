// What user code returns, throws and does may be hostile to whoever looks at it. It harms only its own task (G10).
import { assert, it } from "@effect/vitest"
import { Future } from "@scaler-ts/future"
import { defineTasks, type TaskContext } from "@scaler-ts/protocol/tasks"
import * as Effect from "effect/Effect"
import { embedded } from "../support/Embedded.ts"

const throwing = (what: unknown) => () => {
  throw what
}

const revoked = (): object => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}

const ownThen = (then: (resolve: (value: number) => void) => void): Promise<number> =>
  Object.assign(Promise.resolve(0), { then })

const tasks = defineTasks(import.meta.url, {
  ok: (value: number) => value,
  throwsUnshowable: throwing({ n: 1n, toString: "x" }),
  throwsRevoked: throwing(revoked()),
  returnsUnreadable: () =>
    Object.defineProperty([1], 0, { get: throwing(Object.create(null)), enumerable: true }),
  returnsRevoked: revoked,
  settlesTwice: () =>
    ownThen((resolve) => {
      resolve(1)
      resolve(2)
    }),
  thenThrows: () => ownThen(throwing(new Error("then"))),
  hostileAfterAbort: async (_input: void, { signal }: TaskContext) => {
    await new Promise((resolve) => signal.addEventListener("abort", resolve))
    throw Object.defineProperty(new Error("mine"), "name", { get: throwing("name") })
  },
})

for (const name of [
  "throwsUnshowable",
  "throwsRevoked",
  "returnsUnreadable",
  "returnsRevoked",
  "settlesTwice",
  "thenThrows",
] as const) {
  it.effect(`${name} harms no other task of its batch (G10)`, () =>
    embedded({ tasks, slots: 1 }, ({ client }) =>
      Effect.gen(function* () {
        const before = yield* client.submit(tasks.ok, 1)
        const hostile = yield* client.submit<unknown>(tasks[name])
        const after = yield* client.submit(tasks.ok, 2)
        const ends = yield* Effect.forEach([before, hostile, after], (future) =>
          Effect.map(Future.outcome<unknown>(future), ({ _tag }) => _tag),
        )
        const own = name === "settlesTwice" ? "Succeeded" : "Failed"
        assert.deepStrictEqual(ends, ["Succeeded", own, "Succeeded"])
      }),
    ),
  )
}

it.effect("an error that cannot be looked at after an abort is the task's own failure (G10)", () =>
  embedded({ tasks }, ({ client }) =>
    Effect.gen(function* () {
      const future = yield* client.submit(tasks.hostileAfterAbort)
      while (Future.state(future) !== "running") yield* Effect.yieldNow
      const receipt = yield* Future.cancel(future)
      assert.strictEqual(receipt._tag, "Finished")
    }),
  ),
)

it.effect("an input that cannot be read is one item of a map, and harms no other (R28)", () =>
  embedded({ tasks }, ({ client }) =>
    Effect.gen(function* () {
      const detached = new ArrayBuffer(8)
      structuredClone(detached, { transfer: [detached] })
      const items = [1, new DataView(new ArrayBuffer(8)), detached, revoked(), 4]
      const outcomes = yield* client.map(tasks.ok, items as unknown as ReadonlyArray<number>)
      assert.deepStrictEqual(
        outcomes.map((outcome) => outcome._tag),
        ["Succeeded", "Succeeded", "NotSubmitted", "NotSubmitted", "Succeeded"],
      )
    }),
  ),
)

it.effect(
  "callbacks that reject, or throw what cannot be shown, take no other with them (G1)",
  () =>
    embedded({ tasks }, ({ client }) =>
      Effect.gen(function* () {
        const future = yield* client.submit(tasks.ok, 1)
        const told: Array<string> = []
        yield* Future.onDone(future, throwing(revoked()))
        yield* Future.onDone(future, () => Promise.reject(new Error("later")) as never)
        yield* Future.onDone(future, () => void told.push("told"))
        yield* Future.await(future)
        while (told.length === 0) yield* Effect.yieldNow
        assert.deepStrictEqual(told, ["told"])
      }),
    ),
)
