/** Tasks that outlive their client, and futures of tasks that others have submitted. */
import { assert, it } from "@effect/vitest"
import { Future, type TaskLost } from "@scaler-ts/future"
import type { Message } from "@scaler-ts/protocol"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Hand from "../support/messages.ts"
import * as Rig from "../support/Rig.ts"
import { settle, until } from "../support/turns.ts"

const id = "0f9a61c2b3d4e5f601234567.12"

const lossOf = (future: Future.Future<unknown>): Effect.Effect<TaskLost> =>
  Effect.map(Future.outcome(future), (outcome) => {
    assert(outcome._tag === "Lost")
    return outcome.error
  })

const refusal = (
  task: number,
  type: Message.TaskAttachRefused["type"],
  name = "",
): Message.TaskAttachRefused => ({ _tag: "TaskAttachRefused", task, type, name })

it.effect("a detached task is let go when its client closes, and its error names its id", () =>
  Effect.gen(function* () {
    const { client, scheduler } = yield* Rig.make()
    const own = yield* client.submit(Rig.work, 1)
    const future = yield* client.submit(Rig.work, 2, { detached: true })
    const late = yield* client.submit(Rig.work, 3)
    yield* Future.detach(late)
    yield* settle
    const said = scheduler.heard.flatMap((one) =>
      "task" in one ? [`${one._tag} ${one.task}`] : [],
    )
    assert.deepStrictEqual(said, ["Task 1", "Task 2", "TaskDetach 2", "Task 3", "TaskDetach 3"])
    const left = yield* Effect.forkChild(client.disconnect(), { startImmediately: true })
    yield* until("it has asked", () => scheduler.cancels.length > 0)
    assert.deepStrictEqual(scheduler.cancels, [own.number])
    for (const one of [future, late]) {
      const { reason, id: named, message } = yield* lossOf(one)
      assert.deepStrictEqual([reason, named], ["detached", one.id])
      assert.include(message, one.id)
    }
    scheduler.say(Hand.stopped(own.number))
    assert.deepStrictEqual(yield* Fiber.join(left), { unconfirmed: [] })
  }),
)

it.effect("a detached future of a client that is there is a future like any other", () =>
  Effect.gen(function* () {
    const { client, scheduler, cancelling } = yield* Rig.make()
    const options = { detached: true }
    const [one, two, three] = [
      yield* client.submit(Rig.work, 1, options),
      yield* client.submit(Rig.work, 2, options),
      yield* client.submit(Rig.work, 3, options),
    ]
    scheduler.say(Hand.started(1))
    yield* settle
    assert.strictEqual(Future.state(one), "running")
    scheduler.say(Hand.succeeded(1, 42))
    assert.strictEqual(yield* Future.await(one), 42)
    const asked = yield* cancelling(two)
    scheduler.say(Hand.stopped(2))
    assert.strictEqual((yield* Fiber.join(asked))._tag, "Stopped")
    const refused = yield* cancelling(three)
    scheduler.say(Hand.refused(3))
    assert.strictEqual((yield* Fiber.join(refused))._tag, "Refused")
    yield* client.disconnect()
    assert.strictEqual((yield* lossOf(three)).reason, "detached", "after a refusal, too")
  }),
)

it.effect("a detached task that waits for credit is detached when it is sent, and not before", () =>
  Effect.gen(function* () {
    const { client, scheduler } = yield* Rig.make()
    const detached = { detached: true }
    scheduler.say(Hand.credit(1))
    yield* settle
    yield* client.submit(Rig.work, 1, detached)
    const waiting = [1, 2, 3].map((input) => client.submit(Rig.work, input, detached))
    const [second, third] = yield* Effect.forEach(waiting, (one) =>
      Effect.forkChild(one, { startImmediately: true }),
    )
    const attached = yield* client.attach(id)
    scheduler.say(Hand.credit(1))
    yield* settle
    const said = scheduler.heard.flatMap((one) =>
      "task" in one ? [`${one._tag} ${one.task}`] : [],
    )
    const sent = ["Task 1", "TaskDetach 1", "TaskAttach 5", "Task 2", "TaskDetach 2"]
    assert.deepStrictEqual(said, sent)
    assert.strictEqual(attached.number, 5)
    const future = yield* Fiber.join(second ?? assert.fail("there are three"))
    yield* client.disconnect()
    assert.strictEqual((yield* lossOf(future)).reason, "detached")
    const error = yield* Effect.flip(Fiber.join(third ?? assert.fail("there are three")))
    assert.strictEqual(error._tag, "ClientClosed", "nothing of it was sent, so nothing goes on")
    assert.deepStrictEqual(scheduler.heardOf("Task").length, 2)
  }),
)

it.effect("a detached task whose connection is lost may go on, and its error says so", () =>
  Effect.gen(function* () {
    const { client, cut } = yield* Rig.make()
    const own = yield* client.submit(Rig.work, 1)
    const future = yield* client.submit(Rig.work, 2, { detached: true })
    yield* cut
    const loss = yield* lossOf(future)
    assert.deepStrictEqual([loss.reason, loss.id], ["connectionLost", future.id])
    assert.include(loss.message, future.id)
    assert.strictEqual((yield* lossOf(own)).id, undefined)
  }),
)

it.effect("ids are those of the session, and no two clients have one", () =>
  Effect.gen(function* () {
    const rigs = [yield* Rig.make(), yield* Rig.make()]
    const sessions: Array<string> = []
    for (const { client, scheduler } of rigs) {
      const { session } = scheduler.heardOf("ClientHello")[0] ?? { session: "" }
      const future = yield* client.submit(Rig.work, 1)
      assert.strictEqual(future.id, `${session}.${future.number}`)
      assert.match(session, /^[0-9a-f]{24}$/)
      sessions.push(session)
    }
    assert.strictEqual(new Set(sessions).size, 2)
  }),
)

it.effect("an attached future is told what its task is told, and is not cancelled by a close", () =>
  Effect.gen(function* () {
    const { client, scheduler } = yield* Rig.make()
    const fractions: Array<number> = []
    const lines: Array<string> = []
    const future = yield* client.attach(id, Rig.work, {
      onProgress: (fraction) => void fractions.push(fraction),
      onLog: (line) => void lines.push(line),
    })
    const other = yield* client.attach(id, Rig.work)
    const open = yield* client.attach(id)
    assert.deepStrictEqual([future.id, future.task, open.task], [id, "work", ""])
    yield* settle
    const asked = scheduler.heardOf("TaskAttach")
    assert.deepStrictEqual(
      asked.map(({ task, id: of, name, wantsOutput }) => [task, of, name, wantsOutput]),
      [
        [1, id, "work", true],
        [2, id, "work", false],
        [3, id, "", false],
      ],
    )
    scheduler.say({ _tag: "TaskAttached", task: 1, name: "work" }, Hand.started(1))
    scheduler.say({ _tag: "TaskAttached", task: 3, name: "render" })
    scheduler.say(Hand.progress(1, 0.5), Hand.line(1, "half"), Hand.succeeded(1, 42))
    assert.strictEqual(yield* Future.await(future), 42)
    assert.deepStrictEqual([fractions, lines], [[0.5], ["half"]])
    assert.strictEqual(open.task, "render")
    assert.deepStrictEqual(yield* client.disconnect(), { unconfirmed: [] })
    assert.strictEqual((yield* lossOf(other)).reason, "detached")
    assert.deepStrictEqual(scheduler.cancels, [])
  }),
)

it.effect(
  "what cannot be attached to is lost, and its error names the id and what may have happened",
  () =>
    Effect.gen(function* () {
      const { client, scheduler, cancelling } = yield* Rig.make()
      const cases = [
        [
          refusal(1, "notFound"),
          /knows no task 0f9a.*\.12; there was none,.*forgotten.*started anew/,
        ],
        [refusal(2, "ended"), /0f9a.*\.12 has ended, and how is not kept/],
        [refusal(3, "otherName", "render"), /\.12 is a task "render" and no "work"/],
        [
          refusal(4, "tooMany"),
          /as many unfinished tasks as the scheduler allows \(clientTasksMax\)/,
        ],
      ] as const
      for (const [message, sentence] of cases) {
        const future = yield* client.attach(id, Rig.work)
        scheduler.say(message)
        const loss = yield* lossOf(future)
        assert.strictEqual(loss.reason, "notAttached")
        assert.match(loss.message, sentence)
      }
      const future = yield* client.attach(id, Rig.work)
      const asked = yield* cancelling(future)
      scheduler.say(refusal(5, "notFound"))
      const receipt = yield* Fiber.join(asked)
      assert.deepStrictEqual([receipt._tag, receipt.cancelled], ["NotFound", false])
      assert.strictEqual(Future.state(future), "lost")
      scheduler.say(refusal(4, "notFound"))
      yield* settle
      assert.deepStrictEqual((yield* client.status).ignored, { eventAfterEnd: 1 })
    }),
)

it.effect("what is no id, or comes after the client, has no future", () =>
  Effect.gen(function* () {
    const { client, scheduler, cut } = yield* Rig.make()
    for (const wrong of [
      "",
      "12",
      "a.",
      ".1",
      "a.0",
      "a.01",
      "a.1.5e3",
      `${"a".repeat(2_000)}.1`,
    ]) {
      const error = yield* Effect.flip(client.attach(wrong, Rig.work))
      assert.strictEqual(error._tag, "InvalidTaskId")
    }
    const error = yield* Effect.flip(client.attach(12 as never))
    assert.include(error.message, "12 is no task's id")
    yield* cut
    const lost = yield* Effect.flip(client.attach(id, Rig.work))
    assert.deepStrictEqual([lost._tag, scheduler.heardOf("TaskAttach")], ["ConnectionLost", []])
    assert.include(lost.message, "was not attached to")
  }),
)
