import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import assert from "node:assert/strict"
import { clientOn, turns, workerOn } from "./support/Hand.ts"
import { office, ordered, statusOf, tasksAsked } from "./support/operator.ts"
import { taskOf } from "./support/Rig.ts"
import { confirmed, resultOf, started } from "./support/workerSays.ts"

it.effect("a client that says what operators say has lost its session, and nobody else (G9)", () =>
  Effect.gen(function* () {
    const { transport, scheduler } = yield* office()
    const other = clientOn(transport, "d").say(taskOf(1))
    const client = clientOn(transport, "c").say(ordered("cancel", "session of d.1"))
    yield* turns
    const told = client.news()
    assert.deepEqual(told.slice(-2), [
      "ProtocolError: a client does not say OrderAsked; the session has ended",
      "gone",
    ])
    assert.deepEqual(other.news(), ["HelloEcho"])
    assert.equal(scheduler.status().tasks.queued, 1)
  }),
)

it.effect("an operator is told of workers, tasks, and for how long", () =>
  Effect.gen(function* () {
    const { transport, operator } = yield* office()
    workerOn(transport, "w")
    clientOn(transport, "c").say(taskOf(1), taskOf(2), taskOf(3))
    yield* turns
    yield* TestClock.adjust(1_000)
    operator.say({ _tag: "StatusAsked", request: 4 }, tasksAsked({ request: 5 }))
    yield* turns
    assert.deepEqual(operator.messages().slice(1), [
      {
        _tag: "WorkerTold",
        request: 4,
        worker: "w",
        slots: 1,
        prefetch: 0,
        held: 1,
        capabilities: {},
        tasks: ["sqrt"],
        draining: false,
        away: false,
        silentMs: 1_000,
      },
      {
        _tag: "WaitingTold",
        request: 4,
        name: "sqrt",
        capabilities: {},
        tasks: 2,
        why: "busy",
        lacking: [],
        full: 1,
        draining: 0,
        away: 0,
        recovering: false,
      },
      {
        _tag: "StatusTold",
        request: 4,
        clients: 1,
        clientsBehind: 0,
        clientsWithoutCredit: 0,
        operators: 1,
        stopping: false,
        tombstones: 0,
        tasks: { queued: 2, dispatched: 1 },
        oldestMs: { queued: 1_000, dispatched: 1_000 },
        ended: {},
        heard: {
          OperatorHello: 1,
          WorkerHello: 1,
          ClientHello: 1,
          Task: 3,
          StatusAsked: 1,
        },
        ignored: {},
      },
      ...[2, 3, 1].map((task) => ({
        _tag: "TaskTold",
        request: 5,
        id: `session of c.${task}`,
        name: "sqrt",
        state: task === 1 ? "dispatched" : "queued",
        end: "none",
        worker: task === 1 ? "w" : "",
        attempt: task === 1 ? 1 : 0,
        ageMs: 1_000,
        rung: "none",
      })),
      { _tag: "TasksTold", request: 5, leftOut: 0, cut: false },
    ])
  }),
)

it.effect("tasks are listed by state, name and worker, up to the limit", () =>
  Effect.gen(function* () {
    const { transport, ask } = yield* office()
    workerOn(transport, "w").say()
    clientOn(transport, "c").say(taskOf(1), { ...taskOf(2), name: "other" }, taskOf(3), taskOf(4))
    yield* turns
    const told = (rows: ReadonlyArray<number>, more: number): ReadonlyArray<string> => [
      ...rows.map((n) => `1: session of c.${n} ${n === 1 ? "dispatched on w" : "queued"}`),
      `1: ${more} left out`,
    ]
    assert.deepEqual(yield* ask(tasksAsked({ state: "queued", limit: 2 })), told([2, 3], 1))
    assert.deepEqual(yield* ask(tasksAsked({ limit: 1 })), told([2], 3))
    assert.deepEqual(yield* ask(tasksAsked({ name: "sqrt", limit: 2 })), told([3, 4], 1))
    assert.deepEqual(yield* ask(tasksAsked({ worker: "w" })), told([1], 0))
    assert.deepEqual(yield* ask(tasksAsked({ limit: 0 })), told([], 4))
    assert.deepEqual(yield* ask(tasksAsked({ state: "ended" })), told([], 0))
    assert.deepEqual(yield* ask(tasksAsked({ worker: "nobody" })), told([], 0))
  }),
)

it.effect("what was ignored, and what has ended and how, is in the status", () =>
  Effect.gen(function* () {
    const { transport, operator } = yield* office({ resumeMs: 0 })
    const status = statusOf(operator)
    const client = clientOn(transport, "c").say(taskOf(1), taskOf(1))
    assert.deepEqual((yield* status).ignored, { taskKnown: 1 })
    const worker = workerOn(transport, "w")
    client.say(taskOf(2))
    assert.deepEqual((yield* status).tasks, { queued: 1, dispatched: 1 })
    worker.say(resultOf(1))
    client.vanish()
    const { ended, tasks } = yield* status
    assert.deepEqual([ended, tasks], [{ succeeded: 1 }, { cancelling: 1 }])
    worker.say(confirmed(2, "canceled", "cooperative"), { _tag: "WorkerGoodbye" })
    assert.deepEqual((yield* status).ended, { succeeded: 1, cancelled: 1 })
    clientOn(transport, "d").say(taskOf(1)).vanish()
    assert.deepEqual((yield* status).ended, { succeeded: 1, cancelled: 1, disowned: 1 })
  }),
)

it.effect("an operator cancels anybody's task, and both are told what became of it", () =>
  Effect.gen(function* () {
    const { transport, ask, operator } = yield* office()
    const worker = workerOn(transport, "w")
    const client = clientOn(transport, "c").say(taskOf(1), taskOf(2))
    yield* turns
    assert.deepEqual(yield* ask(ordered("cancel", "session of c.2")), [
      "9: done cancelled neverStarted",
    ])
    assert.deepEqual(yield* ask(ordered("cancel", "session of c.1")), [])
    worker.say(started(1), confirmed(1, "canceled", "killed"))
    yield* turns
    assert.deepEqual(operator.messages().at(-1), {
      _tag: "OrderTold",
      request: 9,
      outcome: "done",
      end: "cancelled",
      how: "killed",
      worker: "w",
      attempt: 1,
      stopMs: 7,
    })
    assert.deepEqual(client.news(), [
      "HelloEcho",
      "canceled 2.0 neverStarted of nobody",
      "canceled 1.1 killed of w after 7 ms",
    ])
    assert.deepEqual(
      yield* ask(ordered("cancel", "session of c.1")),
      ["9: done cancelled killed on w", "9: done cancelled killed on w"],
      "asked again it says the same (G4)",
    )
  }),
)

it.effect(
  "the cancel of an operator is answered by a result, a refusal, or that there is none",
  () =>
    Effect.gen(function* () {
      const { transport, ask } = yield* office()
      const worker = workerOn(transport, "w")
      const client = clientOn(transport, "c").say(taskOf(1))
      yield* turns
      yield* ask(ordered("cancel", "session of c.1"))
      worker.say(started(1), confirmed(1, "cancelFailed", "unknown"))
      yield* turns
      assert.deepEqual(yield* ask(ordered("cancel", "session of c.1", 0, 10)), ["9: refused on w"])
      worker.say(resultOf(1))
      yield* turns
      assert.deepEqual(yield* ask(ordered("cancel", "session of c.1", 0, 11)), [
        "10: ended succeeded on w",
        "11: ended",
      ])
      for (const id of ["session of c.2", "session of d.1", "nonsense", ""]) {
        assert.deepEqual(yield* ask(ordered("cancel", id)), ["9: notFound"], id)
      }
      assert.ok(client.news().includes("TaskResult 1.1 success of w"))
    }),
)

it.effect(
  "a task whose client has gone can still be cancelled, and then its session is forgotten",
  () =>
    Effect.gen(function* () {
      const { transport, ask } = yield* office({ resumeMs: 0 })
      const worker = workerOn(transport, "w")
      const client = clientOn(transport, "c").say(taskOf(1))
      yield* turns
      client.vanish()
      assert.deepEqual(yield* ask(ordered("cancel", "session of c.1")), [])
      worker.say(confirmed(1, "canceled", "cooperative"))
      yield* turns
      assert.deepEqual(yield* ask(), ["9: done cancelled cooperative on w"])
      assert.deepEqual(yield* ask(ordered("cancel", "session of c.1")), ["9: notFound"])
    }),
)

it.effect(
  "the cancel of a detached task that has ended is answered by what is kept of its end",
  () =>
    Effect.gen(function* () {
      const { transport, ask } = yield* office({ resumeMs: 0 })
      const worker = workerOn(transport, "w")
      const client = clientOn(transport, "c")
      client.say(taskOf(1), { _tag: "TaskDetach", task: 1 }, taskOf(2), {
        _tag: "TaskDetach",
        task: 2,
      })
      yield* turns
      worker.say(started(1), resultOf(1))
      yield* ask(ordered("cancel", "session of c.2"))
      worker.say(confirmed(2, "canceled", "cooperative"))
      yield* turns
      yield* ask()
      assert.deepEqual(yield* ask(ordered("cancel", "session of c.1")), ["9: ended succeeded on w"])
      client.vanish()
      yield* turns
      assert.deepEqual(yield* ask(ordered("cancel", "session of c.1")), ["9: ended succeeded on w"])
      assert.deepEqual(yield* ask(ordered("cancel", "session of c.2")), [
        "9: done cancelled cooperative on w",
      ])
    }),
)

it.effect("what an operator has ordered stands when it goes, and it is told no more", () =>
  Effect.gen(function* () {
    const { transport, ask, operator } = yield* office()
    const worker = workerOn(transport, "w")
    const client = clientOn(transport, "c").say(taskOf(1))
    yield* turns
    yield* ask(ordered("cancel", "session of c.1"), ordered("drain", "w", 5))
    operator.vanish()
    worker.say(confirmed(1, "canceled", "cooperative"), { _tag: "WorkerGoodbye" })
    yield* turns
    assert.deepEqual(worker.news(), ["HelloEcho", "Task 1.1", "TaskCancel 1.1 forced", "Drain 5", "gone"]) // oxfmt-ignore
    assert.deepEqual(client.news(), ["HelloEcho", "canceled 1.1 cooperative of w after 7 ms"])
  }),
)

it.effect("who has a worker drained is told when it has left, and what was left on it", () =>
  Effect.gen(function* () {
    const { transport, ask, scheduler } = yield* office()
    const worker = workerOn(transport, "w")
    clientOn(transport, "c").say(taskOf(1), { ...taskOf(2), attemptsMax: 1 })
    yield* turns
    assert.deepEqual(yield* ask(ordered("drain", "v", 5)), ["9: notFound"])
    assert.deepEqual(yield* ask(ordered("drain", "w", 5), ordered("drain", "w", 5, 10)), [])
    worker.say(resultOf(1))
    worker.say({ _tag: "WorkerGoodbye" })
    assert.deepEqual(yield* ask(), ["9: done", "10: done"])
    const other = workerOn(transport, "v")
    yield* turns
    yield* ask(ordered("drain", "v", 5))
    other.say({ _tag: "WorkerGoodbye" })
    assert.deepEqual(yield* ask(), ["9: session of c.2 ended died on v", "9: done"])
    assert.deepEqual(scheduler.status().workers, [])
  }),
)
