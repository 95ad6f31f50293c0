import { assert, describe, it } from "@effect/vitest"
import { Readable } from "node:stream"
import type { Stream } from "../src/executor/memberPrints.ts"
import type { ProcessForward } from "../src/executor/processForward.ts"
import { bytesOf, fromProcess, headOf, meets, sources } from "../src/executor/processFrames.ts"
import { makeMark } from "../src/executor/processMark.ts"
import { ProcessOutput } from "../src/executor/processOutput.ts"

const mark = makeMark()

type Way = "frames" | Stream

/** What a process writes, in the order in which it does. */
type Written = ReadonlyArray<readonly [Way, Uint8Array]>

const printed = (way: Stream, text: string): Written => [[way, bytesOf(text)]]

const frame = (kind: keyof typeof fromProcess, seq: number, line = ""): Written => {
  const head = { kind: fromProcess[kind] | meets, seq, index: sources.indexOf("log"), value: 0 }
  const body = bytesOf(line)
  return [
    ["stdout", mark],
    ["stderr", mark],
    ["frames", Buffer.concat([headOf(head, body.length), body])],
  ]
}

/** The ways of a process that this test writes to, and what is made of what comes by them. */
class Ways {
  readonly story: Array<string> = []
  /** What was forwarded; its end is told by `forwarded`. */
  readonly forwarding: Array<() => void> = []
  takesLines = true
  readonly frames = new Readable({ read: () => {} })
  readonly stdout = new Readable({ read: () => {} })
  readonly stderr = new Readable({ read: () => {} })
  readonly output: ProcessOutput

  constructor(forwardsAtOnce = true) {
    const forwardOf = (from: Stream) =>
      ({
        write: (bytes: Uint8Array, done: () => void) => {
          this.story.push(`${from} to nobody: ${Buffer.from(bytes).toString()}`)
          if (forwardsAtOnce) done()
          else this.forwarding.push(done)
        },
      }) as ProcessForward
    this.output = new ProcessOutput({
      frames: this.frames,
      printed: { stdout: this.stdout, stderr: this.stderr },
      mark,
      forward: { stdout: forwardOf("stdout"), stderr: forwardOf("stderr") },
      lineMax: 1_000,
      bodyBytesMax: 1_000,
      room: (bytes) => new Uint8Array(bytes),
      onLine: (seq, line, from) => {
        this.story.push(`${from} ${seq} ${line}`)
        if (this.takesLines) this.output.taken(line)
      },
      onFrame: ({ kind, seq }) => {
        const name = Object.entries(fromProcess).find(([, known]) => known === kind)?.[0]
        this.story.push(`${name} ${seq}`)
      },
      onGarbage: () => this.story.push("garbage"),
      onOver: () => this.story.push("over"),
    })
  }

  write(written: Written): void {
    for (const [way, bytes] of written) this[way].push(bytes)
  }

  close(): void {
    for (const way of [this.frames, this.stdout, this.stderr]) way.push(null)
  }
}

const turns = async (count: number): Promise<void> => {
  for (let n = 0; n < count; n++) await new Promise((resolve) => setImmediate(resolve))
}

/** Every way to read three queues, piece by piece. */
const ordersOf = function* (lengths: ReadonlyArray<number>): Generator<ReadonlyArray<number>> {
  if (lengths.every((length) => length === 0)) yield []
  for (let way = 0; way < lengths.length; way++) {
    if (lengths[way] === 0) continue
    const less = lengths.map((length, other) => (other === way ? length - 1 : length))
    for (const rest of ordersOf(less)) yield [way, ...rest]
  }
}

const ways = ["frames", "stdout", "stderr"] as const

describe("what a process says by three ways", () => {
  it("is told in one order, in whichever order the three are read", async () => {
    const written: Written = [
      ...printed("stdout", "before\n"),
      ...frame("begun", 1),
      ...printed("stdout", "a\nb"),
      ...frame("log", 1, "logged"),
      ...printed("stderr", "c\n"),
      ...frame("returned", 1),
      ...printed("stderr", "behind\n"),
    ]
    const of = (way: Way): ReadonlyArray<Uint8Array> =>
      written.filter(([its]) => its === way).map(([, bytes]) => bytes)
    const queues = ways.map(of)
    let orders = 0
    for (const order of ordersOf(queues.map(({ length }) => length))) {
      // All are too many; these differ in every place.
      if (orders++ % 293 !== 0) continue
      const said = new Ways()
      const rest = queues.map((queue) => [...queue])
      for (const way of order) {
        const bytes = rest[way]?.shift()
        if (bytes !== undefined) said[ways[way] ?? "frames"].push(bytes)
        await Promise.resolve()
        await new Promise((resolve) => process.nextTick(resolve))
      }
      said.close()
      await turns(3)
      const story = said.story.join(", ")
      assert.strictEqual(
        story,
        "stdout to nobody: before\n, begun 1, stdout 1 a, log 1 logged, stderr 1 c, stdout 1 b, " +
          "returned 1, stderr to nobody: behind\n, over",
        order.join(""),
      )
    }
    assert.isAbove(orders, 293 * 100)
  })

  it("is told wherever it was cut, in a mark too", async () => {
    const text: Written = [
      ...frame("begun", 1),
      ...printed("stdout", "grün\xff\n"),
      ...frame("returned", 1),
    ]
    const all = Buffer.concat(text.filter(([way]) => way === "stdout").map(([, bytes]) => bytes))
    for (let cut = 0; cut <= all.length; cut++) {
      const said = new Ways()
      said.write(text.filter(([way]) => way !== "stdout"))
      said.stdout.push(all.subarray(0, cut))
      await turns(1)
      said.stdout.push(all.subarray(cut))
      await turns(2)
      assert.deepStrictEqual(said.story, ["begun 1", "stdout 1 grünÿ", "returned 1"], `${cut}`)
    }
  })

  it("ends with what there is of it when the process dies between a mark and its frame", async () => {
    const said = new Ways()
    said.write([...frame("begun", 1), ...printed("stdout", "a\n")])
    said.write([...frame("log", 1, "never written").slice(0, 2), ...printed("stdout", "b")])
    said.stderr.push(mark.subarray(0, 5))
    said.close()
    await turns(3)
    const [begun, a, ...rest] = said.story
    assert.deepStrictEqual([begun, a, rest.at(-1)], ["begun 1", "stdout 1 a", "over"])
    assert.include(rest, "stdout 1 b")
  })

  it("has its end told when what nobody wants to be told is on its way, and not before", async () => {
    const said = new Ways(false)
    const head = { kind: fromProcess.returned, seq: 1, index: 0, value: 0 }
    said.write([...printed("stdout", "x"), ["frames", headOf(head, 0)]])
    await turns(3)
    assert.deepStrictEqual(said.story, ["stdout to nobody: x"])
    said.forwarding[0]?.()
    await turns(1)
    assert.deepStrictEqual(said.story, ["stdout to nobody: x", "returned 1"])
  })

  it("is not read on while its lines are not taken, and its end waits behind them (G10)", async () => {
    const said = new Ways()
    said.takesLines = false
    said.write([...frame("begun", 1), ...printed("stdout", "x\n".repeat(300))])
    said.write(frame("returned", 1))
    await turns(5)
    assert.strictEqual(said.story.length, 1 + 256)
    for (let n = 0; n < 44; n++) said.output.taken("x")
    await turns(3)
    assert.strictEqual(said.story.length, 1 + 300 + 1)
    assert.strictEqual(said.story.at(-1), "returned 1")
  })

  it("is counted when nobody takes it and the process has ended", async () => {
    const said = new Ways()
    said.takesLines = false
    said.write([...frame("begun", 1), ...printed("stdout", "x\n".repeat(1_500)), ...frame("returned", 1)]) // oxfmt-ignore
    said.close()
    said.output.finish()
    await turns(5)
    assert.strictEqual(said.story.length, 1 + 256 + 3)
    assert.deepStrictEqual(said.story.slice(-3), [
      "log 1 … 1,244 lines left out: its process has ended",
      "returned 1",
      "over",
    ])
  })

  it("is no more in one turn than that (G10)", async () => {
    const said = new Ways()
    said.write([...frame("begun", 1), ...printed("stdout", "x\n".repeat(2_000))])
    let before = 0
    for (let turn = 0; turn < 20; turn++) {
      await turns(1)
      assert.isAtMost(said.story.length - before, 257)
      before = said.story.length
    }
    assert.strictEqual(before, 2_001)
  })
})
