// What an editor shows is what users read first: the names of this library, not what they are made of.
import { assert, it } from "vitest"
import { Editor } from "../support/Editor.ts"

const shown: Readonly<Record<string, string>> = {
  task: "const render: TaskDefinition<Page, Uint8Array<ArrayBuffer>>",
  future: "const future: Future<Uint8Array<ArrayBuffer>>",
  value: "const value: Uint8Array<ArrayBuffer>",
  receipt: "const receipt: Receipt<Uint8Array<ArrayBuffer>>",
  outcome: "const outcome: Outcome<Uint8Array<ArrayBuffer>>",
  called: "const called: Promise<Date>",
  item: "const item: ItemOutcome<Uint8Array<ArrayBuffer>>",
  ended: "const ended: Ended<Future<Uint8Array<ArrayBuffer>>>",
  waited: "const waited: Waited<Future<Uint8Array<ArrayBuffer>>>",
  error: "(parameter) error: FutureError",
}

it("an editor shows every type under its name", async () => {
  await using editor = await Editor.open("tests/promise/fixtures/editor.ts")
  const seen: Record<string, string> = {}
  for (const name of Object.keys(shown)) seen[name] = await editor.shownAt(`/* ${name} */`)
  assert.deepStrictEqual(seen, shown)
}, 60_000)
