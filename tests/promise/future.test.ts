import { Future as EffectFuture } from "@scaler-ts/future"
import {
  type Future,
  InputRefused,
  TaskCancelled,
  TaskFailed,
  TaskLost,
  TaskTimedOut,
} from "@scaler-ts/future/promise"
import * as Effect from "effect/Effect"
import { inspect } from "node:util"
import { assert, expect, it, vi } from "vitest"
import * as say from "../support/messages.ts"
import * as receipts from "../support/receipts.ts"
import { atRest, make, rejection } from "../support/PromiseRig.ts"
import { work } from "../support/Rig.ts"

it("await gives the value, before and after the end", async () => {
  await using rig = await make()
  const { future } = await rig.submitOne()
  const value = future.then((n) => n + 1)
  rig.scheduler.say(say.succeeded(1, 41))
  assert.strictEqual(await value, 42)
  assert.strictEqual(await future, 41)
  assert.strictEqual(await future, 41)
})

it("await rejects with why there is no value, and the error names the task", async () => {
  await using rig = await make()
  const [failed, timedOut, stopped, died, dropped] = await rig.submit(5)
  if (!failed || !timedOut || !stopped || !died || !dropped) return assert.fail()
  const all = [failed, timedOut, stopped, died, dropped].map(rejection)
  void stopped.cancel()
  rig.scheduler.say(say.failed(1), say.timedOut(2), say.stopped(3), say.died(4))
  await atRest()
  await rig.cut()
  const errors = await Promise.all(all)
  const kinds = [TaskFailed, TaskTimedOut, TaskCancelled, TaskLost, TaskLost]
  assert.deepStrictEqual(
    errors.map((error) => error instanceof Error && error.name),
    kinds.map(({ name }) => name),
  )
  for (const error of errors) assert.match(String(error), /task "work"/)
  const [error] = errors
  assert.instanceOf(error instanceof TaskFailed ? error.cause : undefined, Error)
})

it("then, catch and finally are those of a promise", async () => {
  await using rig = await make()
  const [good, bad] = await rig.submit(2)
  if (good === undefined || bad === undefined) return assert.fail()
  const order: Array<string> = []
  const done = Promise.all([
    good.finally(() => order.push("finally")).then((n) => n * 2),
    good.catch(() => "caught"),
    bad.catch((error) => error._tag),
    bad.then(
      () => "value",
      (error) => error.name,
    ),
    rejection(bad.finally()),
  ])
  assert.deepStrictEqual(order, [])
  rig.scheduler.say(say.succeeded(1, 4), say.failed(2))
  const [doubled, kept, tag, name, error] = await done
  assert.deepStrictEqual([doubled, kept, tag, name], [8, 4, "TaskFailed", "TaskFailed"])
  assert.instanceOf(error, TaskFailed)
  assert.deepStrictEqual(order, ["finally"])
})

it("no handler runs on the caller's stack, also after the end", async () => {
  await using rig = await make()
  const { future } = await rig.submitOne()
  rig.scheduler.say(say.succeeded(1))
  await future
  const order: Array<string> = []
  const told = future.then(() => order.push("handler"))
  order.push("caller")
  await told
  assert.deepStrictEqual(order, ["caller", "handler"])
})

it("goes wherever a promise goes: all, allSettled, race, any", async () => {
  await using rig = await make()
  const [one, two, three] = await rig.submit(3)
  if (one === undefined || two === undefined || three === undefined) return assert.fail()
  const first = Promise.race([one, two, three])
  const any = Promise.any([two, three])
  const settled = Promise.allSettled([one, two])
  rig.scheduler.say(say.succeeded(1), say.failed(2), say.succeeded(3))
  assert.strictEqual(await first, 1)
  assert.strictEqual(await any, 3)
  assert.deepStrictEqual(
    (await settled).map(({ status }) => status),
    ["fulfilled", "rejected"],
  )
  assert.deepStrictEqual(await Promise.all([one, three]), [1, 3])
})

it("outcome tells every end as a value", async () => {
  await using rig = await make()
  const [one, two, three] = await rig.submit(3)
  if (one === undefined || two === undefined || three === undefined) return assert.fail()
  const outcomes = Promise.all([one.outcome(), two.outcome(), three.outcome()])
  void three.cancel()
  rig.scheduler.say(say.succeeded(1), say.failed(2), say.stopped(3))
  assert.deepStrictEqual(
    (await outcomes).map(({ _tag }) => _tag),
    ["Succeeded", "Failed", "Cancelled"],
  )
  assert.deepStrictEqual(await three.outcome(), { _tag: "Cancelled", receipt: receipts.stopped() })
})

it("state says where it stands", async () => {
  await using rig = await make()
  const { future } = await rig.submitOne()
  const seen = [future.state]
  rig.scheduler.say(say.started(1))
  await atRest()
  seen.push(future.state)
  const cancelling = future.cancel()
  seen.push(future.state)
  rig.scheduler.say(say.stopped(1))
  await cancelling
  seen.push(future.state)
  assert.deepStrictEqual(seen, ["pending", "running", "cancelling", "cancelled"])
})

it("onDone tells once, in order, on a turn of its own, and can be taken back", async () => {
  await using rig = await make()
  const { future } = await rig.submitOne()
  const told: Array<unknown> = []
  const callback = (what: { readonly _tag: string }): unknown => told.push(what._tag)
  future.onDone(callback)
  future.onDone(() => told.push("second"))
  future.onDone(() => told.push("never"))()
  future.onDone(callback)
  rig.scheduler.say(say.succeeded(1))
  await future
  future.onDone(() => told.push("late"))
  assert.deepStrictEqual(told, ["Succeeded", "second", "Succeeded"])
  await atRest()
  assert.deepStrictEqual(told, ["Succeeded", "second", "Succeeded", "late"])
})

it("cancel resolves with the receipt, the same for all who ask (G4)", async () => {
  await using rig = await make()
  const { future } = await rig.submitOne()
  const asked = Promise.all([future.cancel(), future.cancel()])
  await atRest()
  assert.deepStrictEqual(rig.scheduler.cancels, [1])
  rig.scheduler.say(say.stopped(1, "killed"))
  assert.deepStrictEqual(await asked, [receipts.stopped("killed"), receipts.stopped("killed")])
  assert.deepStrictEqual(await future.cancel(), receipts.stopped("killed"))
})

it("the result that won the race is in the receipt, and the future cancelled (G3)", async () => {
  await using rig = await make()
  const { future } = await rig.submitOne()
  const asked = future.cancel()
  rig.scheduler.say(say.succeeded(1, 7))
  assert.deepStrictEqual(await asked, receipts.finished(7))
  assert.instanceOf(await rejection(future), TaskCancelled)
})

it("a failure that came with the receipt of a cancel has been looked at", async () => {
  const logged = vi.spyOn(console, "error")
  {
    await using rig = await make({ policy: "result-wins" })
    const { future } = await rig.submitOne()
    const asked = future.cancel()
    rig.scheduler.say(say.failed(1))
    assert.strictEqual((await asked)._tag, "Finished")
  }
  assert.deepStrictEqual(logged.mock.calls, [])
  logged.mockRestore()
})

it("a cancel whose bound passes is Unconfirmed, and a late answer still ends the future (G8)", async () => {
  await using rig = await make()
  const { future } = await rig.submitOne()
  const receipt = await future.cancel({ boundMs: 1 })
  assert.strictEqual(receipt._tag, "Unconfirmed")
  assert.strictEqual(future.state, "cancelling")
  rig.scheduler.say(say.stopped(1))
  assert.strictEqual((await future.outcome())._tag, "Cancelled")
})

it("a bound that is no number of milliseconds rejects, and asks nobody", async () => {
  await using rig = await make()
  const { future } = await rig.submitOne()
  assert.instanceOf(await rejection(future.cancel({ boundMs: -1 })), RangeError)
  assert.instanceOf(await rejection(rig.client.cancelAll({ boundMs: Number.NaN })), RangeError)
  await atRest()
  assert.deepStrictEqual(rig.scheduler.cancels, [])
})

it("await using cancels a task that has not ended, and waits; after the end it does nothing", async () => {
  await using rig = await make()
  const [open, ended] = await rig.submit(2)
  if (open === undefined || ended === undefined) return assert.fail()
  rig.scheduler.say(say.succeeded(2))
  await ended
  const left: Array<string> = []
  const block = (async () => {
    await using _open = open
    await using _ended = ended
    left.push("the block")
  })().then(() => left.push("its end"))
  await atRest()
  assert.deepStrictEqual(rig.scheduler.cancels, [1])
  assert.deepStrictEqual(left, ["the block"])
  rig.scheduler.say(say.stopped(1))
  await block
  assert.deepStrictEqual([open.state, ended.state], ["cancelled", "succeeded"])
})

it("forget ends it lost for whoever still looks", async () => {
  await using rig = await make()
  const { future } = await rig.submitOne()
  const waiting = rejection(future)
  future.forget()
  assert.instanceOf(await waiting, TaskLost)
  assert.strictEqual(future.state, "lost")
})

it("progress and log lines reach the hooks", async () => {
  await using rig = await make()
  const told: Array<unknown> = []
  const hooks = {
    onProgress: (fraction: number) => told.push(fraction),
    onLog: (line: string) => told.push(line),
  }
  const future = rig.client.submit(work, 1, hooks)
  await atRest()
  rig.scheduler.say(say.progress(1, 0.5), say.line(1, "half"), say.succeeded(1))
  await future
  assert.deepStrictEqual(told, [0.5, "half"])
})

it("what cannot be sent is thrown by submit and rejects call, and a future says what to do", async () => {
  await using rig = await make()
  const cannot = (() => 1) as unknown as number
  assert.throws(() => rig.client.submit(work, cannot), InputRefused)
  assert.instanceOf(await rejection(rig.client.call(work, cannot)), InputRefused)
  const future = rig.client.submit(work, 1)
  const input = future as unknown as number
  assert.throws(() => rig.client.submit(work, input), /it is a future; await it/)
  assert.throws(() => rig.client.submit(work, 1, { timeoutMs: -1 }), RangeError)
  await atRest()
  assert.strictEqual(rig.scheduler.heardOf("Task").length, 1)
})

it("the functions of the Effect face take it as one of theirs", async () => {
  await using rig = await make()
  const [one, two] = await rig.submit(2)
  if (one === undefined || two === undefined) return assert.fail()
  const asked = Effect.runPromise(EffectFuture.cancel(one))
  await atRest()
  rig.scheduler.say(say.stopped(1), say.succeeded(2))
  assert.deepStrictEqual(await asked, receipts.stopped())
  assert.strictEqual(await Effect.runPromise(EffectFuture.await(two)), 2)
  assert.strictEqual(EffectFuture.state(one), "cancelled")
})

it("shows itself in logs and JSON, and not its client", async () => {
  await using rig = await make()
  const { future } = await rig.submitOne()
  assert.strictEqual(inspect(future), 'Future {"task":"work","number":1,"state":"pending"}')
  assert.strictEqual(Object.prototype.toString.call(future), "[object Future]")
  expect(JSON.parse(JSON.stringify({ future }))).toEqual({
    future: { task: "work", number: 1, state: "pending" },
  })
})

it("nobody's promise costs nothing: a future that nobody asks has nobody waiting", async () => {
  await using rig = await make()
  const { future } = await rig.submitOne()
  const waiting = (of: Future<number>): unknown => Reflect.get(of, "waiting")
  assert.isUndefined(waiting(future))
  void future.then()
  assert.isDefined(waiting(future))
  rig.scheduler.say(say.succeeded(1))
  await atRest()
  assert.isUndefined(waiting(future))
})
