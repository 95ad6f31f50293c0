/** Bugs of how silence is noticed. */
import type { Mutant } from "./mutants.ts"

const pulse = "packages/protocol/src/internal/Pulse.ts"
const killedBy = (red: string, race: string): Mutant["killedBy"] => ({
  file: "silence",
  race: `a cancel is answered although ${race} (R25, G4)`,
  red,
})

export const ofSilence: ReadonlyArray<Mutant> = [
  {
    name: "a scheduler that does not mind that a worker is silent",
    file: "packages/scheduler/src/SchedulerShell.ts",
    find: "gone: (reason) => this.breakOff(peer, reason)",
    replace: "gone: () => {}",
    killedBy: killedBy("stuck", "nobody hears its worker any more"),
  },
  {
    name: "an end that looks once, and then no more",
    file: pulse,
    find: "      this.listener.ask()\n    }\n    this.lookSoon()",
    replace: "      this.listener.ask()\n    }",
    killedBy: killedBy("stuck", "its worker stands still"),
  },
  {
    name: "an end that does not ask, and so takes whoever has nothing to say for gone",
    file: pulse,
    find: "      this.said()\n      this.listener.ask()",
    replace: "      this.said()",
    killedBy: killedBy("always", "its worker stands still"),
  },
]
