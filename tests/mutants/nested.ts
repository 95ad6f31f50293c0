/** Bugs of how tasks submit tasks, wait for them, and end with them. */
import type { Mutant } from "./mutants.ts"

const nested = (red: string, race: string): Mutant["killedBy"] => ({ file: "nested", red, race })

const alone = "a parent that waits on the only slot starves none of its children (R31, G6)"
const shared = "two parents share one slot with the children of both (R31, G6)"
const deaf =
  "a parent that ignores its signal is killed, and its child is stopped before that is told (R31, R35, G2)"
const patient = "a parent is not killed for the time that its child takes to stop (R31, R35)"
const paced =
  "a parent that waits to have more children starves none of those that it has (R31, R48, G6)"
const lost =
  "children end with the worker of their parent, and its next attempt has its own (R31, R22, G9)"

export const ofNested: ReadonlyArray<Mutant> = [
  {
    name: "a client within a task that waits without saying so",
    file: "packages/future/src/internal/NestedTable.ts",
    find: "if (waits !== waited) this.nesting.waits(waits)",
    replace: "",
    killedBy: nested("stuck", alone),
  },
  {
    name: "a client within a task that keeps the slot while it waits to have more children",
    file: "packages/future/src/internal/NestedTable.ts",
    find: "this.setAwaited(told, true)",
    replace: "",
    killedBy: nested("stuck", paced),
  },
  {
    name: "a task that has no more children for every one that has ended",
    file: "packages/protocol/src/Nesting.ts",
    find: "this.credits.giveBack(owner, inputBytes)",
    replace: "",
    killedBy: nested("G7", paced),
  },
  {
    name: "a task whose clients are given no credit and have children without end",
    file: "packages/protocol/src/Nesting.ts",
    find: '    receiver.receive([{ _tag: "TaskCredit", ...first }])\n',
    replace: "    if (first.tasks < 0) receiver.receive([])\n",
    killedBy: nested("always", paced),
  },
  {
    name: "a worker that keeps the slot of a parent that waits from its children",
    file: "packages/worker/src/Children.ts",
    find: "this.outlet.lend(key)",
    replace: "",
    killedBy: nested("G6", alone),
  },
  {
    name: "a worker that takes a child for nested as deep as its parent",
    file: "packages/worker/src/Children.ts",
    find: "const depth = parent.depth + 1",
    replace: "const depth = Math.max(1, parent.depth)",
    killedBy: nested("stuck", alone),
  },
  {
    name: "a worker that tells the end of a parent before that of its children",
    file: "packages/worker/src/Children.ts",
    find: "family.ending = this.waiter(family, tell)",
    replace: "tell(0)",
    killedBy: nested("G2", deaf),
  },
  {
    name: "a worker that leaves children running whose parent has ended",
    file: "packages/worker/src/Children.ts",
    find: 'this.outlet.send({ _tag: "TaskCancel", task: child.number, attempt: 0, force: true })',
    replace: "",
    killedBy: nested("G2", deaf),
  },
  {
    name: "a worker that kills a parent for the time that its child takes",
    file: "packages/worker/src/Grace.ts",
    find: "if (!this.children.isOnlyStopping(entry.key)) return this.listener.over(entry)",
    replace: "return this.listener.over(entry)",
    killedBy: nested("always", patient),
  },
  {
    name: "a scheduler that lets a slot be lent for ever when its parent ends waiting",
    file: "packages/scheduler/src/placement/Placement.ts",
    find: "worker.places.free(entry.depth, entry.waits)",
    replace: "worker.places.free(entry.depth, false)",
    killedBy: nested("G6", deaf),
  },
  {
    name: "a scheduler that lets children of a lost worker run on",
    file: "packages/scheduler/src/Tables.ts",
    find: "this.loseClient(worker.peer) // Children end with the worker of their parents.",
    replace: "",
    killedBy: nested("sometimes", lost),
  },
  {
    name: "places that parents of one depth can all have at once",
    file: "packages/protocol/src/machine/Places.ts",
    find: "Math.max(this.running + beyond, this.heldAt(depth))",
    replace: "this.running + beyond",
    killedBy: nested("G6", shared),
  },
]
