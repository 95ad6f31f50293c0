import { assert, it } from "@effect/vitest"
import { Future, TaskFailed } from "@scaler-ts/future"
import { defineTasks } from "@scaler-ts/protocol/tasks"
import * as Effect from "effect/Effect"
import { embedded } from "../support/Embedded.ts"
import * as Rig from "../support/Rig.ts"
import { settle } from "../support/turns.ts"

const boom = (): never => {
  const root = new TypeError("the root")
  const cause = new Error("in between", { cause: root })
  throw Object.assign(new RangeError("too far", { cause }), { code: 42, at: { line: 7 } })
}

const tasks = defineTasks(import.meta.url, {
  boom,
  throwsText: () => {
    throw "only text"
  },
  throwsNothing: () => {
    throw undefined
  },
  throwsUnsendable: () => {
    throw () => "a function"
  },
  rejects: () => Promise.reject(new SyntaxError("later")),
  failingEffect: () => Effect.fail(new URIError("in an Effect")),
  dyingEffect: () => Effect.die(new EvalError("a defect")),
  returnsFunction: () => ({ pages: [1, () => 2] }),
  twice: (x: number) => x * 2,
})

const onlyOnClient = defineTasks(import.meta.url, { missing: (x: number) => x })

/** The error that awaiting the value fails with, seen to be a `TaskFailed`. */
const failure = <A, E>(value: Effect.Effect<A, E>) =>
  Effect.flatMap(Effect.flip(value), (error) =>
    error instanceof TaskFailed ? Effect.succeed(error) : Effect.die(error),
  )

it.effect("an error arrives with its name, message, stack, fields, task and attempt", () =>
  embedded({ tasks }, ({ client }) =>
    Effect.gen(function* () {
      const future = yield* client.submit(tasks.boom, undefined)
      const failed = yield* failure(Future.await(future))
      const { error } = failed
      if (!(error instanceof Error)) return assert.fail("it is not an Error")
      assert.deepInclude(failed, { task: "boom", number: 1, attempt: 1, worker: "worker-1" })
      assert.strictEqual(failed.cause, error)
      assert.strictEqual(`${error.name}: ${error.message}`, "RangeError: too far")
      assert.deepStrictEqual(Object.entries(error), [
        ["code", 42],
        ["at", { line: 7 }],
      ])
      assert.match(error.stack ?? "", /RangeError: too far\n\s+at .*boom.*exception\.test\.ts/)
      assert.include(
        failed.message,
        'task "boom" (attempt 1 on "worker-1") failed: RangeError: too',
      )
      assert.strictEqual(Future.state(future), "failed")
    }),
  ),
)

it.effect("an error's causes arrive as a chain of errors", () =>
  embedded({ tasks }, ({ client }) =>
    Effect.gen(function* () {
      const { error } = yield* failure(client.call(tasks.boom, undefined))
      const middle = error instanceof Error ? error.cause : undefined
      const root = middle instanceof Error ? middle.cause : undefined
      assert.deepInclude(middle, { name: "Error", message: "in between" })
      assert.deepInclude(root, { name: "TypeError", message: "the root" })
    }),
  ),
)

it.effect("what is thrown and is not an Error arrives as the value it is", () =>
  embedded({ tasks }, ({ client }) =>
    Effect.gen(function* () {
      assert.strictEqual(
        (yield* failure(client.call(tasks.throwsText, undefined))).error,
        "only text",
      )
      assert.isUndefined((yield* failure(client.call(tasks.throwsNothing, undefined))).error)
    }),
  ),
)

it.effect("what is thrown and cannot be sent arrives as an error that says so (R32)", () =>
  embedded({ tasks }, ({ client }) =>
    Effect.gen(function* () {
      const { message } = yield* failure(client.call(tasks.throwsUnsendable, undefined))
      assert.include(message, "The task threw something that cannot be sent")
    }),
  ),
)

for (const [what, task, name] of [
  ["a rejected promise", tasks.rejects, "SyntaxError"],
  ["a failing Effect", tasks.failingEffect, "URIError"],
  ["a dying Effect", tasks.dyingEffect, "EvalError"],
] as const) {
  it.effect(`${what} fails the future with the error itself`, () =>
    embedded({ tasks }, ({ client }) =>
      Effect.gen(function* () {
        assert.deepInclude((yield* failure(client.call(task, undefined))).error, { name })
      }),
    ),
  )
}

it.effect("a result that cannot be sent fails the future and names the path (R32)", () =>
  embedded({ tasks }, ({ client }) =>
    Effect.gen(function* () {
      const { message } = yield* failure(client.call(tasks.returnsFunction, undefined))
      assert.include(
        message,
        'what task "returnsFunction" returned cannot be sent: result.pages[1]',
      )
      assert.strictEqual(yield* client.call(tasks.twice, 4), 8, "R32: the worker goes on")
    }),
  ),
)

it.effect(
  "a task that a worker of any name has no function for fails, and says what there is",
  () =>
    embedded({ tasks: new Map(Object.entries(tasks)) }, ({ client }) =>
      Effect.gen(function* () {
        const { error, message } = yield* failure(client.call(onlyOnClient.missing, 1))
        assert.deepInclude(error, { name: "UnknownTask" })
        assert.include(message, 'worker "worker-1" has no task named "missing"; it has "boom"')
      }),
    ),
)

it.effect("an input that cannot be sent is refused with its path, and nothing is submitted", () =>
  Effect.gen(function* () {
    const { client, scheduler } = yield* Rig.make()
    const { render } = defineTasks(import.meta.url, { render: (input: unknown) => input })
    const input = { pages: [1, { draw: () => 2 }] }
    const error = yield* Effect.flip(client.submit(render, input))
    assert.deepInclude(error, {
      _tag: "InputRefused",
      task: "render",
      path: "input.pages[1].draw",
      reason: "a function cannot be sent",
    })
    yield* settle
    assert.deepStrictEqual(scheduler.heardOf("Task"), [])
    assert.deepStrictEqual((yield* client.status).futures.pending, 0)
  }),
)

it.effect("the number of an input that was refused is not used up (R21)", () =>
  Effect.gen(function* () {
    const { client, submit, scheduler } = yield* Rig.make()
    const { render } = defineTasks(import.meta.url, { render: (input: unknown) => input })
    yield* Effect.flip(client.submit(render, Symbol("no")))
    yield* submit()
    assert.deepStrictEqual(
      scheduler.heardOf("Task").map(({ task }) => task),
      [1],
    )
  }),
)
