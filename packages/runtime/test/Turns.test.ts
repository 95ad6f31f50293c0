import type * as Scheduler from "effect/Scheduler"
import { assert, describe, it } from "vitest"
import { Turns, turnsOf } from "../src/Turns.ts"

/** A scheduler whose event loop the test turns by hand. */
const handTurned = () => {
  const tasks: Array<() => void> = []
  const scheduler: Scheduler.Scheduler = {
    executionMode: "async",
    shouldYield: () => false,
    makeDispatcher: () => ({ scheduleTask: (task) => void tasks.push(task), flush: () => {} }),
  }
  /** One turn of the event loop; how many tasks it had. */
  const turn = (): number => {
    const now = tasks.splice(0)
    for (const task of now) task()
    return now.length
  }
  return { scheduler, turn }
}

const still = (): number => 0

describe("turns that follow from one another", () => {
  it("are taken in order, never on the caller's stack, and in one turn of the event loop", () => {
    const { scheduler, turn } = handTurned()
    const turns = new Turns(scheduler)
    const story: Array<string> = []
    const say = (word: string, then?: () => void) => () => {
      story.push(word)
      then?.()
      story.push(`${word}.`)
    }
    const later = (word: string, then?: () => void) => turns.defer(say(word, then), still)
    later("a", () => later("c", () => later("d")))
    later("b")
    assert.deepStrictEqual(story, [])
    assert.strictEqual(turn(), 1)
    assert.deepStrictEqual(story, ["a", "a.", "b", "b.", "c", "c.", "d", "d."])
    assert.strictEqual(turn(), 0)
  })

  it("leave the event loop its share when they never end (G10)", () => {
    const { scheduler, turn } = handTurned()
    const turns = new Turns(scheduler)
    let count = 0
    const again = (): void => {
      count++
      turns.defer(again, still)
    }
    turns.defer(again, still)
    turn()
    const first = count
    assert.isAbove(first, 1)
    assert.strictEqual(turn(), 1)
    assert.strictEqual(count, 2 * first)
  })

  it("leave the event loop its share when they take long (G10)", () => {
    const { scheduler, turn } = handTurned()
    const turns = new Turns(scheduler)
    let now = 0
    let count = 0
    const slow = (): void => {
      count++
      now += 5
      turns.defer(slow, () => now)
    }
    turns.defer(slow, () => now)
    turn()
    assert.strictEqual(count, 1)
    turn()
    assert.strictEqual(count, 2)
  })

  it("one that throws takes no other with it, and keeps their order", () => {
    const { scheduler, turn } = handTurned()
    const turns = new Turns(scheduler)
    const story: Array<string> = []
    const later = (word: string) => turns.defer(() => void story.push(word), still)
    later("a")
    turns.defer(() => {
      later("newer")
      throw new Error("on purpose")
    }, still)
    later("b")
    assert.throws(turn, /on purpose/)
    turn()
    assert.deepStrictEqual(story, ["a", "b", "newer"])
  })

  it("are shared by everybody on one scheduler, and by nobody else", () => {
    const one = handTurned().scheduler
    assert.strictEqual(turnsOf(one), turnsOf(one))
    assert.notStrictEqual(turnsOf(one), turnsOf(handTurned().scheduler))
  })
})
