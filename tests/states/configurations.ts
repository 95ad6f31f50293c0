/** The searched configurations: what happens beyond a task that is submitted, run and cancelled. */
import type { Budget, Config } from "./world.ts"

const nothing: Budget = {
  bound: 0,
  recall: 0,
  timeout: 0,
  crash: 0,
  falseLoss: 0,
  death: 0,
  drain: 0,
  clientCrash: 0,
  falseOwnerLoss: 0,
  connectionLoss: 0,
  close: 0,
  forget: 0,
  detach: 0,
  attach: 0,
  guestCancel: 0,
  crowd: 0,
}

const config = (budget: Partial<Budget>, rest: Partial<Config> = {}): Config => ({
  workers: 1,
  policy: "cancel-wins",
  cancels: 1,
  canKill: true,
  attemptsMax: 2,
  ...rest,
  budget: { ...nothing, ...budget },
})

const recall = { recall: 1, crowd: 1 } as const
const two = { workers: 2 } as const

/** What is searched, and how many states it has: a number that changes says that behaviour did. */
export const configurations: ReadonlyArray<readonly [string, number, Config]> = [
  ["a cancel", 71, config({})],
  ["a recall", 931, config(recall, two)],
  ["a recall, and an executor that cannot kill", 1097, config(recall, { ...two, canKill: false })],
  ["a timeout", 328, config({ timeout: 1, crowd: 1 })],
  [
    "a timeout, a recall, and an executor that cannot kill",
    2002,
    config({ ...recall, timeout: 1 }, { canKill: false }),
  ],
  ["a worker that crashes", 1855, config({ crash: 1, timeout: 1 }, two)],
  ["two workers that crash, during recalls", 10179, config({ ...recall, crash: 2 }, two)],
  [
    "a worker declared lost that is alive",
    16454,
    config({ falseLoss: 1, crowd: 1 }, { ...two, cancels: 2 }),
  ],
  [
    "a worker declared lost, and executors that cannot kill",
    20899,
    config({ falseLoss: 1, timeout: 1 }, { ...two, canKill: false }),
  ],
  ["a function that kills its process", 108, config({ death: 1 })],
  ["an early bound and three cancels", 2038, config({ bound: 2, crowd: 1 }, { cancels: 3 })],
  [
    "an early bound, a refusal and three cancels",
    14745,
    config({ bound: 1, crash: 1 }, { ...two, cancels: 3, canKill: false }),
  ],
  [
    "result-wins",
    1105,
    config({ bound: 1, death: 1, timeout: 1 }, { cancels: 2, policy: "result-wins" }),
  ],
  [
    "result-wins and an executor that cannot kill",
    6946,
    config({ bound: 1, crash: 1 }, { ...two, cancels: 2, policy: "result-wins", canKill: false }),
  ],
  ["a client that crashes", 1461, config({ ...recall, clientCrash: 1 })],
  [
    "a client that loses its connection",
    801,
    config({ connectionLoss: 1, bound: 1 }, { cancels: 2 }),
  ],
  [
    "a client declared lost that is alive",
    5808,
    config({ falseOwnerLoss: 1, crash: 1 }, { ...two, canKill: false }),
  ],
  ["a client that closes", 11271, config({ ...recall, close: 1, bound: 1 }, { cancels: 2 })],
  [
    "a client that closes, and an executor that cannot kill",
    738,
    config({ close: 1 }, { canKill: false }),
  ],
  [
    "a task that is detached, and a client that closes or loses its connection",
    5079,
    config({ detach: 1, close: 1, connectionLoss: 1, bound: 1 }),
  ],
  [
    "a client that is lost, and another that has attached, cancels and leaves",
    3867,
    config({ attach: 1, guestCancel: 1, falseOwnerLoss: 1 }, { canKill: false }),
  ],
  [
    "the same of a task that is detached, and whose worker crashes",
    4053,
    config({ attach: 1, detach: 1, clientCrash: 1, crash: 1 }),
  ],
  ["a future that is forgotten", 3161, config({ forget: 1, bound: 1, crash: 1 }, two)],
  ["a drain", 3315, config({ drain: 1, crowd: 1 }, two)],
  [
    "a drain, and executors that cannot kill",
    11811,
    config({ drain: 1, crowd: 1 }, { ...two, cancels: 2, canKill: false }),
  ],
  [
    "a recall, a crash and a false loss",
    123184,
    config({ ...recall, crash: 1, falseLoss: 1 }, two),
  ],
  [
    "a recall, a crash, an early bound, two cancels, and executors that cannot kill",
    49545,
    config({ ...recall, crash: 1, bound: 1 }, { ...two, cancels: 2, canKill: false }),
  ],
  ["a drain and a false loss", 90606, config({ crowd: 1, drain: 1, falseLoss: 1 }, two)],
]
