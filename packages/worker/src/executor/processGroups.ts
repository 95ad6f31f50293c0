/**
 * Process groups: ending all of one, and seeing who of it still runs.
 *
 * A signal says nothing of when it has been obeyed, and a group's id stays in use for as long as
 * anybody of it is left, if only as a zombie that nobody has waited for. So whoever is to be gone is
 * looked for in the table of processes, state and all.
 */
import { execFile } from "node:child_process"
import { readdirSync, readFileSync } from "node:fs"

/** Somebody who waits for a group. */
interface Watch {
  readonly group: number
  /** Called with how many of the group run, for as long as it returns true. */
  readonly look: (living: number) => boolean
}

/** How often is looked again: soon at first, for most are gone at once. */
const firstMs = 1
const longestMs = 50

/** Reading the table is done in pieces, so that many processes on a machine never hold up a turn. */
const readPerTurn = 50

/** One look at the table serves everybody who waits. */
export class ProcessGroups {
  private watches: Array<Watch> = []
  private isLooking = false
  private pauseMs = firstMs

  /** Ends everybody of a group, and calls back when nobody of it runs any more, however long that takes. */
  end(group: number, gone: () => void): void {
    signal(group, "SIGKILL")
    this.watch({
      group,
      look: (living) => {
        if (living === 0) gone()
        // Once more, for one who joined it in the meantime.
        else signal(group, "SIGKILL")
        return living > 0
      },
    })
  }

  /** Calls back when nobody of a group runs but its leader; never, if `isWanted` says no before. */
  whenAlone(group: number, isWanted: () => boolean, alone: () => void): void {
    this.watch({
      group,
      look: (living) => {
        if (!isWanted()) return false
        if (living <= 1) alone()
        return living > 1
      },
    })
  }

  private watch(watch: Watch): void {
    this.watches.push(watch)
    this.pauseMs = firstMs
    if (!this.isLooking) this.look()
  }

  private look(): void {
    this.isLooking = true
    const asked = this.watches
    // Who comes while the table is read may have been missed by what was read before.
    this.watches = []
    livingIn(new Set(asked.map(({ group }) => group)), (living) => {
      for (const watch of asked) {
        if (watch.look(living.get(watch.group) ?? 0)) this.watches.push(watch)
      }
      this.isLooking = false
      if (this.watches.length === 0) return
      const pauseMs = this.pauseMs
      this.pauseMs = Math.min(2 * pauseMs, longestMs)
      this.isLooking = true
      setTimeout(() => this.look(), pauseMs)
    })
  }
}

/** Whether there is anybody to get it does not matter, nor whether those left are zombies only. */
const signal = (group: number, name: NodeJS.Signals): void => {
  try {
    process.kill(-group, name)
  } catch {
    // Nobody is left, or only those who are dead already.
  }
}

type Told = (living: ReadonlyMap<number, number>) => void

/** Tells how many of each group run, from a later turn. */
const livingIn = (groups: ReadonlySet<number>, tell: Told): void => {
  // Most are gone, and to be told that by the kernel is a thousand times cheaper than to look.
  const left = new Set([...groups].filter(isKnown))
  if (left.size === 0) setImmediate(() => tell(new Map()))
  else if (process.platform === "linux") fromProc(left, tell)
  else fromPs(left, tell)
}

const isKnown = (group: number): boolean => {
  try {
    process.kill(-group, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH"
  }
}

const fromProc = (groups: ReadonlySet<number>, tell: Told): void => {
  const ids = readdirSync("/proc").filter((name) => /^\d+$/.test(name))
  const living = new Map<number, number>()
  let next = 0
  const readSome = (): void => {
    for (const id of ids.slice(next, (next += readPerTurn))) {
      const group = groupOfLiving(id)
      if (group !== undefined && groups.has(group)) add(living, group)
    }
    if (next < ids.length) setImmediate(readSome)
    else tell(living)
  }
  setImmediate(readSome)
}

/** The group of a process that runs; none of one that is dead or gone. */
const groupOfLiving = (id: string): number | undefined => {
  let stat: string
  try {
    stat = readFileSync(`/proc/${id}/stat`, "latin1")
  } catch {
    return undefined
  }
  // The name stands in parentheses and may have any in it: state, parent and group follow the last.
  const [state = "", , group] = stat.slice(stat.lastIndexOf(")") + 2).split(" ", 3)
  return isDead(state) ? undefined : Number(group)
}

const fromPs = (groups: ReadonlySet<number>, tell: Told): void => {
  execFile("ps", ["-A", "-o", "pgid=,stat="], (error, listed) => {
    const living = new Map<number, number>()
    // Without a list nobody can be called gone.
    if (error !== null) for (const group of groups) living.set(group, 2)
    for (const line of listed.split("\n")) {
      const [group, state = "Z"] = line.trim().split(/\s+/)
      if (groups.has(Number(group)) && !isDead(state)) add(living, Number(group))
    }
    tell(living)
  })
}

const isDead = (state: string): boolean => /^[ZXx]/.test(state)

const add = (living: Map<number, number>, group: number): void => {
  living.set(group, (living.get(group) ?? 0) + 1)
}
