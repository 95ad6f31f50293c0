/** The worker over the `Transport` service. */
import { Transport } from "@scaler-ts/runtime"
import { Worker } from "@scaler-ts/worker"
import { it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import assert from "node:assert/strict"
import { factoryOf, HandExecutor, HandScheduler, someTasks, turns } from "./inlineSupport.ts"

/** A scheduler that notes whom it is spoken to as. */
class NamedScheduler extends HandScheduler {
  readonly names = new Set<string>()

  override send(peer: string, bytes: Uint8Array): boolean {
    this.names.add(peer)
    return super.send(peer, bytes)
  }
}

const layerOn = (scheduler: HandScheduler, options: Partial<Worker.WorkerLayerOptions> = {}) =>
  Worker.layer({ tasks: someTasks, executor: factoryOf(new HandExecutor()), ...options }).pipe(
    Layer.provide(Layer.succeed(Transport, scheduler)),
  )

it.effect("has the name of its transport, and works for as long as the layer lives", () =>
  Effect.gen(function* () {
    const scheduler = new NamedScheduler()
    yield* Effect.gen(function* () {
      const worker = yield* Worker.Worker
      assert.equal(worker.name, scheduler.self)
      assert.deepEqual([...scheduler.names], ["scheduler"])
      assert.match(scheduler.news().join(), /^WorkerHello/)
    }).pipe(Effect.provide(layerOn(scheduler)))
    yield* turns
    assert.equal(scheduler.news().at(-1), "WorkerGoodbye")
  }),
)

it.effect("is told another name, of its own and of its scheduler", () =>
  Effect.gen(function* () {
    const scheduler = new NamedScheduler()
    const layer = layerOn(scheduler, { name: "another", scheduler: "hub" })
    const building = yield* Effect.forkScoped(Effect.flip(Layer.build(layer)))
    yield* turns
    const [hello] = scheduler.messages
    assert.ok(hello?._tag === "WorkerHello")
    assert.equal(hello.worker, "another")
    assert.deepEqual([...scheduler.names], ["hub"])
    // Whoever answers here is "scheduler".
    yield* TestClock.adjust(5_000)
    const { message } = yield* Fiber.join(building)
    assert.match(message, /^could not connect to the scheduler "hub": no answer/)
  }),
)

it.effect(
  "has a name that leaves room in that of its session, or hears at once how long it may be",
  () =>
    Effect.gen(function* () {
      const scheduler = new HandScheduler()
      yield* Layer.build(layerOn(scheduler, { name: "n".repeat(975) }))
      const [hello] = scheduler.messages
      assert.equal(hello?._tag === "WorkerHello" && hello.session.length, 1_000)
      const dies = Layer.build(layerOn(scheduler, { name: "n".repeat(976) }))
      const cause = Cause.squash(yield* Effect.flip(Effect.sandbox(dies)))
      assert.equal(String(cause), "RangeError: name has 976 characters; give it 1 to 975")
      assert.equal(scheduler.messages.length, 1)
    }),
)

it.effect("is not built where the scheduler refuses it", () =>
  Effect.gen(function* () {
    const reason = 'a worker named "w" is here already'
    const scheduler = new HandScheduler([{ _tag: "ProtocolError", reason }])
    const error = yield* Effect.flip(Effect.scoped(Layer.build(layerOn(scheduler))))
    assert.equal(error._tag, "ConnectionFailed")
    assert.ok(error.message.includes(reason))
  }),
)

it.effect("hands its session the times and limits that it is given", () =>
  Effect.gen(function* () {
    const wrongs: Readonly<Record<string, Partial<Worker.WorkerLayerOptions>>> = {
      resumeMs: { resumeMs: -1 },
      silenceMs: { silenceMs: 0 },
      valueDepthMax: { limits: { valueDepthMax: 0 } },
    }
    for (const [name, wrong] of Object.entries(wrongs)) {
      const layer = layerOn(new HandScheduler(), wrong)
      const exit = yield* Effect.exit(Effect.scoped(Layer.build(layer)))
      assert.ok(exit._tag === "Failure")
      assert.match(Cause.pretty(exit.cause), new RegExp(`RangeError: .*${name} is`))
    }
  }),
)
