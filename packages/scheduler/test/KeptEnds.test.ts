import type { Message } from "@scaler-ts/protocol"
import assert from "node:assert/strict"
import { describe, test } from "vitest"
import { KeptEnds } from "../src/KeptEnds.ts"

const end = (bytes = 0): Message.TaskResult => ({
  _tag: "TaskResult",
  task: 1,
  attempt: 1,
  worker: "w",
  type: "success",
  payload: new Uint8Array(bytes),
  runMs: 0,
})

const plenty = { ends: 1_000, bytes: 1_000_000, ms: Infinity }

const kept = (ends: KeptEnds, ids: ReadonlyArray<string>, nowMs = 0): ReadonlyArray<string> =>
  ids.filter((id) => ends.get(id, nowMs) !== undefined)

describe("the ends that are kept", () => {
  test("are those of the newest tasks, so many", () => {
    const ends = new KeptEnds({ ...plenty, ends: 2 })
    const ids = ["a.1", "b.1", "c.1"]
    for (const id of ids) ends.add(id, { name: "work", end: end() }, 0)
    assert.deepEqual(kept(ends, ids), ["b.1", "c.1"])
    assert.equal(ends.size, 2)
  })

  test("take no more bytes than they may, their own among them", () => {
    const ends = new KeptEnds({ ...plenty, bytes: 4_096 })
    for (const id of ["a.1", "b.1", "c.1"]) {
      ends.add(id, { name: "work", end: end(1_024) }, 0)
      assert.ok(ends.bytes <= 4_096, String(ends.bytes))
    }
    assert.deepEqual(kept(ends, ["a.1", "b.1", "c.1"]), ["b.1", "c.1"])
    ends.add("d.1", { name: "work", end: end(4_000) }, 0)
    assert.deepEqual(kept(ends, ["b.1", "c.1", "d.1"]), ["b.1", "c.1"], "one that is too large")
  })

  test("are forgotten when their time is over, and not before", () => {
    const ends = new KeptEnds({ ...plenty, ms: 10 })
    ends.add("a.1", { name: "work", end: end() }, 100)
    ends.add("b.1", { name: "work", end: end() }, 105)
    assert.deepEqual(kept(ends, ["a.1", "b.1"], 109), ["a.1", "b.1"])
    assert.deepEqual(kept(ends, ["a.1", "b.1"], 110), ["b.1"])
    ends.evict(115)
    assert.deepEqual([ends.size, ends.bytes], [0, 0])
  })

  test("have a payload of their own, which keeps no frame", () => {
    const ends = new KeptEnds(plenty)
    const frame = new Uint8Array(1_000)
    ends.add("a.1", { name: "work", end: { ...end(), payload: frame.subarray(10, 20) } }, 0)
    const own = ends.get("a.1", 0)?.end
    assert.ok(own?._tag === "TaskResult")
    assert.equal(own.payload.buffer.byteLength, 10)
  })

  test("of one id are one", () => {
    const ends = new KeptEnds(plenty)
    ends.add("a.1", { name: "first", end: end(10) }, 0)
    const { bytes } = ends
    ends.add("a.1", { name: "second", end: end(10) }, 0)
    assert.deepEqual([ends.size, ends.bytes, ends.get("a.1", 0)?.name], [1, bytes, "second"])
  })

  test("cost the same, however many went before", () => {
    const ends = new KeptEnds({ ...plenty, ends: 10 })
    for (let task = 1; task <= 100_000; task++) ends.add(`a.${task}`, { name: "", end: end() }, 0)
    assert.equal(ends.size, 10)
    assert.ok(ends.get("a.99991", 0) !== undefined && ends.get("a.99990", 0) === undefined)
  })
})
