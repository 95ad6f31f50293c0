import assert from "node:assert/strict"
import { readdirSync } from "node:fs"
import { Decoder, Encoder } from "@msgpack/msgpack"
import * as fc from "fast-check"
import { describe, test } from "vitest"
import type { Message } from "../src/Message.ts"
import { ProtocolError, Wire } from "../src/index.ts"
import {
  golden,
  goldenAcknowledged,
  goldenOf11,
  goldenOf12,
  goldenOf13,
  goldenSequence,
  goldenTags,
  goldenTagsOf11,
  goldenTagsOf12,
  goldenTagsOf13,
  hearerOf,
  sides,
} from "./golden.ts"
import { newest, sampleList, samples, samplesOf11, samplesOf12, samplesOf13 } from "./samples.ts"
import { kinds } from "./tables/messages.ts"

const encoder = new Encoder()
const frameOf = (...parts: ReadonlyArray<unknown>): Uint8Array => encoder.encode(parts)

describe("reads what version 1 wrote:", () => {
  for (const tag of goldenTags) {
    test(tag, () => {
      assert.deepEqual(Wire.decode(golden(tag), hearerOf(tag)), {
        sequence: goldenSequence,
        acknowledged: goldenAcknowledged,
        messages: [samples[tag]],
        skipped: 0,
      })
    })
  }
})

describe("reads what version 1.1 wrote:", () => {
  for (const tag of goldenTagsOf11) {
    test(tag, () => {
      const { messages } = Wire.decode(goldenOf11(tag), hearerOf(tag))
      assert.deepEqual(messages, [samplesOf11[tag]])
    })
  }
})

describe("reads what version 1.2 wrote:", () => {
  for (const tag of goldenTagsOf12) {
    test(tag, () => {
      const { messages } = Wire.decode(goldenOf12(tag), hearerOf(tag))
      assert.deepEqual(messages, [samplesOf12[tag]])
    })
  }
})

describe("reads what version 1.3 wrote:", () => {
  for (const tag of goldenTagsOf13) {
    test(tag, () => {
      const { messages } = Wire.decode(goldenOf13(tag), hearerOf(tag))
      assert.deepEqual(messages, [samplesOf13[tag]])
    })
  }
})

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex")

describe("writes what version 1 wrote, and says that it speaks 1.3:", () => {
  for (const tag of goldenTags) {
    test(tag, () => {
      const written = golden(tag)
      written[2] = Wire.versionMinor
      const bytes = Wire.encode([samples[tag]], goldenSequence, goldenAcknowledged)
      assert.equal(hexOf(bytes), hexOf(written))
    })
  }
})

describe("writes what version 1.1 wrote, and says that it speaks 1.3:", () => {
  for (const tag of goldenTagsOf11) {
    test(tag, () => {
      const written = goldenOf11(tag)
      written[2] = Wire.versionMinor
      const bytes = Wire.encode([samplesOf11[tag]], goldenSequence, goldenAcknowledged)
      assert.equal(hexOf(bytes), hexOf(written))
    })
  }
})

describe("writes what version 1.2 wrote, and says that it speaks 1.3:", () => {
  for (const tag of goldenTagsOf12) {
    test(tag, () => {
      const written = goldenOf12(tag)
      written[2] = Wire.versionMinor
      const bytes = Wire.encode([samplesOf12[tag]], goldenSequence, goldenAcknowledged)
      assert.equal(hexOf(bytes), hexOf(written))
    })
  }
})

describe("writes what version 1.3 wrote:", () => {
  for (const tag of goldenTagsOf13) {
    test(tag, () => {
      const bytes = Wire.encode([samplesOf13[tag]], goldenSequence, goldenAcknowledged)
      assert.equal(hexOf(bytes), hexOf(goldenOf13(tag)))
    })
  }
})

test("there is a golden frame for every kind of message, and for nothing else", () => {
  const files = ["Wire.golden", "Wire.golden.1.1", "Wire.golden.1.2", "Wire.golden.1.3"].flatMap(
    (directory) => readdirSync(new URL(`./${directory}/`, import.meta.url)),
  )
  assert.deepEqual([...new Set(files)].toSorted(), kinds.map(({ tag }) => `${tag}.hex`).toSorted())
})

test("no two kinds have the same number, and fields follow the kind without gaps", () => {
  assert.equal(kinds.length, Object.keys(newest).length)
  for (const { tag, fields } of kinds) {
    assert.deepEqual(fields.map(({ name }) => ["_tag", name][1]), Object.keys(newest[tag]).slice(1)) // oxfmt-ignore
    assert.deepEqual(fields.map(({ position }) => position), fields.map((_, index) => index + 1)) // oxfmt-ignore
  }
})

test("a task ends after its input when the rest is what is assumed, and is read whole", () => {
  const plain: Message = {
    ...samples.Task,
    priority: 0,
    capabilities: {},
    timeoutMs: 0,
    attemptsMax: 3,
    traceparent: "",
    graceMs: undefined,
    wantsOutput: false,
  }
  const { task, attempt, name, input } = samples.Task
  const bytes = Wire.encode([plain], 1, 0)
  assert.deepEqual(new Decoder().decode(bytes), [
    1,
    Wire.versionMinor,
    1,
    0,
    [[4, task, attempt, name, input]],
  ])
  assert.deepEqual(Wire.decode(bytes, Wire.toScheduler).messages, [plain])
  const unusual = { priority: 1, capabilities: { gpu: 1 }, timeoutMs: 1, attemptsMax: 2 }
  for (const [field, value] of Object.entries({
    ...unusual,
    traceparent: "00-1",
    graceMs: 0,
    wantsOutput: true,
  })) {
    const message: Message = { ...plain, [field]: value }
    const read: ReadonlyArray<Message> = Wire.decode(
      Wire.encode([message], 1, 0),
      Wire.toScheduler,
    ).messages
    assert.deepEqual(read, [message])
  }
})

const natural = fc.maxSafeNat()
const text = fc.string({ unit: "grapheme" })
const bytes = fc.uint8Array({ maxLength: 300 })
const duration = fc.double({ min: 0, max: 1e15, noNaN: true }).map((value) => value + 0)
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).filter((n) => !Object.is(n, -0))
const quantities = fc.dictionary(
  text.filter((key) => key !== "__proto__"),
  duration,
  { noNullPrototype: true },
)

/** Anything a field may hold, by what the layout says it holds. */
const holding: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  "whole number": natural,
  number,
  quantity: duration,
  milliseconds: duration,
  "milliseconds or nil": fc.option(duration, { nil: undefined }),
  boolean: fc.boolean(),
  text,
  bytes,
  "list of texts": fc.array(text),
  "map of quantities": quantities,
}

const namesOf = (holds: string): fc.Arbitrary<string> =>
  fc.constantFrom(...holds.split(" · ").map((numbered) => numbered.replace(/^\d+ /, "")))

const anyMessage: fc.Arbitrary<Message> = fc.oneof(
  ...kinds.map(({ tag, fields }) => {
    const shape = Object.fromEntries(
      fields.map(({ name, holds }) => [name, holding[holds] ?? namesOf(holds)]),
    )
    return fc.record({ _tag: fc.constant(tag), ...shape }, { noNullPrototype: true })
  }),
) as fc.Arbitrary<Message> // The layout says which fields a message has.

test("every message arrives as it was sent", () => {
  fc.assert(
    fc.property(anyMessage, natural, natural, (message, before, acknowledged) => {
      const sequence = Math.max(before, 1)
      const frame = Wire.decode(
        Wire.encode([message, message], sequence, acknowledged),
        hearerOf(message._tag),
      )
      assert.deepStrictEqual(frame, {
        sequence,
        acknowledged,
        messages: [message, message],
        skipped: 0,
      })
    }),
    { seed: 11, numRuns: 1000 },
  )
})

describe("versions", () => {
  const other = /^frame, version: the peer speaks protocol version 2\.5, this side 1\.3; install/

  test("a frame of another major version is refused by naming both, whatever else is in it", () => {
    for (const rest of [[], [1, 0, []], ["?", null, 3], [0, 0, [[99]]]]) {
      for (const direction of sides) {
        assert.throws(() => Wire.decode(frameOf(2, 5, ...rest), direction), {
          name: "ProtocolError",
          where: "frame, version",
          message: other,
        })
      }
    }
  })

  test("kinds that only a newer minor version knows are skipped and counted", () => {
    const bytes = frameOf(1, Wire.versionMinor + 1, 1, 0, [[99, "?"], [11], [98]])
    assert.deepEqual(Wire.decode(bytes, Wire.toScheduler), {
      sequence: 1,
      acknowledged: 0,
      messages: [{ _tag: "Heartbeat" }],
      skipped: 2,
    })
  })

  test("unknown kinds of the same minor version are refused", () => {
    for (const minor of [0, Wire.versionMinor]) {
      assert.throws(() => Wire.decode(frameOf(1, minor, 1, 0, [[11], [99]]), Wire.toScheduler), {
        message: "message 1, kind: expected a known kind, got 99",
      })
    }
  })

  test("fields that a newer minor version added are not looked at, nor parts of the frame", () => {
    const bytes = frameOf(1, Wire.versionMinor + 1, 1, 0, [[5, 1, 0, true, "new"]], "new")
    assert.deepEqual(Wire.decode(bytes, Wire.toScheduler).messages, [
      { _tag: "TaskCancel", task: 1, attempt: 0, force: true },
    ])
  })
})

test("every message is refused by the sides it is not for", () => {
  for (const direction of sides) {
    for (const message of sampleList) {
      const bytes = Wire.encode([message], 1, 0)
      if (Object.hasOwn(direction.tags, message._tag)) {
        assert.equal(Wire.decode(bytes, direction).messages.length, 1)
      } else {
        assert.throws(() => Wire.decode(bytes, direction), {
          name: "ProtocolError",
          message: `message 0 (${message._tag}): not for ${direction.name}`,
        })
      }
    }
  }
})

test("half of a surrogate pair in a name or a line is sent as a replacement character", () => {
  const hello = { ...samples.WorkerHello, worker: "w\ud83c", tasks: ["\udf88", "größer 🎈"] }
  const bytes = Wire.encode([{ ...hello, capabilities: { "g\ud83c": 1 } }], 1, 0)
  const mended = {
    worker: "w\ufffd",
    tasks: ["\ufffd", "größer 🎈"],
    capabilities: { "g\ufffd": 1 },
  }
  assert.deepEqual(Wire.decode(bytes, Wire.toScheduler).messages, [{ ...hello, ...mended }])
})

test("payloads are views of their frame, not copies", () => {
  const frame = Wire.encode([samples.Task], 1, 0)
  const [task] = Wire.decode(frame, Wire.toWorker).messages
  assert.ok(task?._tag === "Task")
  assert.equal(task.input.buffer, frame.buffer)
})

test("a ProtocolError says where and why", () => {
  const error = new ProtocolError("here", "because")
  assert.deepEqual([error.message, error.where, error.reason], ["here: because", "here", "because"])
})
