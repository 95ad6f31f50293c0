import assert from "node:assert/strict"
import { Encoder, ExtData } from "@msgpack/msgpack"
import { describe, test } from "vitest"
import { ProtocolError, Wire } from "../src/index.ts"
import { write } from "../src/internal/layout.ts"
import type { Message } from "../src/Message.ts"
import { golden, goldenTags, hearerOf } from "./golden.ts"
import { newest } from "./samples.ts"

const encoder = new Encoder()
const frameOf = (...parts: ReadonlyArray<unknown>): Uint8Array => encoder.encode(parts)

/** A frame with the sample of a kind, one field of it replaced. */
const broken = (tag: Message["_tag"], position: number, value: unknown): Uint8Array => {
  const fields = [...write(newest[tag])]
  fields[position] = value
  return frameOf(1, 0, 1, 0, [[11], fields])
}

describe("a frame is refused, and the error says where and what:", () => {
  const frames: ReadonlyArray<readonly [string, Uint8Array]> = [
    ["frame: not one msgpack value: ", new Uint8Array([])],
    ["frame: not one msgpack value: ", new Uint8Array([0xc1])],
    ["frame: not one msgpack value: ", new Uint8Array([0x90, 0x90])],
    [
      "frame: not one msgpack value: a map with the same key twice",
      new Uint8Array([0x82, 0xa1, 97, 1, 0xa1, 97, 1]),
    ],
    ["frame: not one msgpack value: byte 5: a list of 65537", new Uint8Array([0xdd, 0, 1, 0, 1])],
    ["frame: expected an array, got a map", encoder.encode({})],
    ["frame: expected an array, got nil", encoder.encode(null)],
    ["frame: expected an array, got bytes", encoder.encode(new Uint8Array(1))],
    ["frame: expected an array, got a string", encoder.encode("hello")],
    ["frame, major version: expected a whole number from 0 up, got nothing", frameOf()],
    ["frame, major version: expected a whole number from 0 up, got -1", frameOf(-1)],
    ["frame, minor version: expected a whole number from 0 up, got 0.5", frameOf(1, 0.5, 1, 0, [])],
    ["frame, sequence: expected a whole number from 0 up, got a string", frameOf(1, 0, "1", 0, [])],
    ["frame, sequence: expected a whole number from 1 up, got 0", frameOf(1, 0, 0, 0, [])],
    ["frame, acknowledged: expected a whole number from 0 up, got nil", frameOf(1, 0, 1, null, [])],
    ["frame, messages: expected an array, got nothing", frameOf(1, 0, 1, 0)],
    ["frame, messages: expected an array, got a map", frameOf(1, 0, 1, 0, {})],
    ["message 1: expected an array, got 3", frameOf(1, 0, 1, 0, [[11], 3])],
    ["message 0, kind: expected a known kind, got nothing", frameOf(1, 0, 1, 0, [[]])],
    ["message 0, kind: expected a known kind, got 0", frameOf(1, 0, 1, 0, [[0]])],
    ["message 0, kind: expected a known kind, got a string", frameOf(1, 9, 1, 0, [["11"]])],
    ["message 0, kind: expected a known kind, got 1.5", frameOf(1, 9, 1, 0, [[1.5]])],
  ]
  for (const [message, bytes] of frames) {
    test(message, () => {
      assert.throws(
        () => Wire.decode(bytes, Wire.toScheduler),
        (error) => error instanceof ProtocolError && error.message.startsWith(message),
      )
    })
  }
})

describe("a field is refused, and the error names message, field and what was there:", () => {
  const extension = new ExtData(5, new Uint8Array(1))
  const timestamp = new Date(0)
  const fields: ReadonlyArray<readonly [string, Message["_tag"], number, unknown]> = [
    ["task: expected a whole number from 0 up, got 1.5", "Task", 1, 1.5],
    ["task: expected a whole number from 0 up, got -1", "TaskCancel", 1, -1],
    ["attempt: expected a whole number from 0 up, got nil", "TaskStarted", 2, null],
    ["slots: expected a whole number from 0 up, got a boolean", "WorkerHello", 3, true],
    ["task: expected a whole number from 0 up, got 18446744073709552000", "Task", 1, 2 ** 64],
    ["priority: expected a finite number, got NaN", "Task", 5, NaN],
    ["fraction: expected a finite number, got Infinity", "TaskProgress", 3, Infinity],
    ["fraction: expected a finite number, got a string", "TaskProgress", 3, "0.5"],
    ["timeoutMs: expected milliseconds, from 0 up, got -5", "Task", 7, -5],
    ["graceMs: expected milliseconds, from 0 up, got -1", "Task", 10, -1],
    ["wantsOutput: expected true or false, got nil", "Task", 11, null],
    ["from: expected a number from 0 to 2, got 3", "TaskLog", 4, 3],
    ["stopMs: expected milliseconds, from 0 up, got -0.5", "TaskCancelConfirm", 6, -0.5],
    ["runMs: expected milliseconds, from 0 up, got Infinity", "TaskResult", 6, Infinity],
    ["boundMs: expected milliseconds, from 0 up, got an array", "Drain", 1, []],
    ["force: expected true or false, got 1", "TaskCancel", 3, 1],
    ["session: expected text, got bytes", "ClientHello", 1, new Uint8Array(1)],
    ["line: expected text, got an extension", "TaskLog", 3, timestamp],
    ["input: expected bytes, got a string", "Task", 4, "bytes"],
    ["payload: expected bytes, got an array", "TaskResult", 5, [1]],
    ["tasks: expected a list of texts, got an array", "WorkerHello", 6, ["a", 1]],
    ["tasks: expected a list of texts, got a string", "WorkerHello", 6, "a"],
    ["capabilities: expected a map of quantities, got an array", "Task", 6, []],
    ["capabilities: expected a map of quantities, got a boolean", "Task", 6, false],
    ["capabilities: expected a map of quantities, got an extension", "Task", 6, timestamp],
    ["capabilities: expected a map of quantities, got an extension", "Task", 6, extension],
    ["capabilities.gpu: expected a quantity from 0 up, got -1", "Task", 6, { gpu: -1 }],
    ["capabilities.gpu: expected a quantity from 0 up, got a string", "Task", 6, { gpu: "1" }],
    ["capabilities.gpu: expected a quantity from 0 up, got NaN", "Task", 6, { gpu: NaN }],
    ["type: expected a number from 0 to 2, got 3", "TaskCancelConfirm", 4, 3],
    ["how: expected a number from 0 to 4, got -1", "TaskCancelConfirm", 5, -1],
    ["type: expected a number from 0 to 3, got a string", "TaskResult", 4, "success"],
    ["type: expected a number from 0 to 3, got 0.5", "TaskResult", 4, 0.5],
  ]
  for (const [reason, tag, position, value] of fields) {
    test(`${tag}, ${reason}`, () => {
      assert.throws(() => Wire.decode<Message>(broken(tag, position, value), anybody), {
        name: "ProtocolError",
        message: `message 1 (${tag}), field ${reason}`,
      })
    })
  }

  test("what is missing at the end", () => {
    assert.throws(() => Wire.decode(frameOf(1, 0, 1, 0, [[5, 1, 0]]), Wire.toScheduler), {
      message: "message 0 (TaskCancel), field force: expected true or false, got nothing",
    })
  })
})

const anybody: Wire.Direction<Message> = {
  name: "anybody",
  tags: {
    ...Wire.toScheduler.tags,
    ...Wire.toClient.tags,
    ...Wire.toWorker.tags,
    ...Wire.toOperator.tags,
  },
}

/** Whether bytes are a frame; anything thrown but a `ProtocolError` fails the test. */
const isFrame = (bytes: Uint8Array, tag: string): boolean => {
  try {
    Wire.decode(bytes, hearerOf(tag))
    return true
  } catch (error) {
    const hex = Buffer.from(bytes).toString("hex")
    assert.ok(error instanceof ProtocolError, `${tag} ${hex}: ${String(error)}`)
    assert.ok(error.where !== "" && error.reason !== "")
    return false
  }
}

const bits = Array.from({ length: 8 }, (_, bit) => 1 << bit)
/** The bytes that begin everything but small numbers, short texts and small collections. */
const marks = Array.from({ length: 32 }, (_, mark) => 0xc0 + mark)

describe("whatever happens to the bytes of a frame, the worst is a ProtocolError:", () => {
  test("a golden frame cut short anywhere is refused", () => {
    for (const tag of goldenTags) {
      const bytes = golden(tag)
      for (let length = 0; length < bytes.length; length++) {
        assert.equal(isFrame(bytes.subarray(0, length), tag), false, `${tag}, ${length} bytes`)
      }
    }
  })

  test("a golden frame with something after it is refused", () => {
    for (const tag of goldenTags) {
      assert.equal(isFrame(Uint8Array.from([...golden(tag), 0]), tag), false, tag)
    }
  })

  test("a golden frame with any one byte changed in any bit, or replaced by any of msgpack's marks", () => {
    for (const tag of goldenTags) {
      const bytes = golden(tag)
      for (let at = 0; at < bytes.length; at++) {
        const original = bytes[at] ?? 0
        for (const changed of [...bits.map((bit) => original ^ bit), ...marks]) {
          bytes[at] = changed
          isFrame(bytes, tag)
        }
        bytes[at] = original
      }
    }
  })

  const seed = 20_26
  test(`bytes that are random (seed ${seed}), alone and in the place of messages`, () => {
    const next = randomBytes(seed)
    for (let run = 0; run < 20_000; run++) {
      const noise = Uint8Array.from({ length: 1 + (next() % 24) }, next)
      isFrame(noise, "Heartbeat")
      isFrame(Uint8Array.from([0x95, 1, 0, 1, 0, ...noise]), "Heartbeat")
    }
  })
})

/** The linear congruential generator of "Numerical Recipes", its upper bytes. */
const randomBytes = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state >>> 24
  }
}
