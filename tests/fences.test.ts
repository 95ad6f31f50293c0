// The test of the pages is only as good as what it takes for a fence.
import { assert, it } from "vitest"
import { fences, isAsShown, languages, missing, programs } from "./support/fences.ts"

const page = (...parts: ReadonlyArray<readonly [tag: string, text: string]>): string =>
  parts.map(([tag, text]) => `Words.\n\n\`\`\`${tag}\n${text}\n\`\`\`\n`).join("\n")

it("a fence of another language, or of none, is seen", () => {
  const all = fences(page(["", "a"], ["ts", "b"], ["python", "c"]))
  const unknown = all.filter(({ language }) => !languages.includes(language))
  assert.deepStrictEqual(
    unknown.map(({ text }) => text),
    ["a\n", "c\n"],
  )
})

it("a fence that is never closed is an error that names its line", () => {
  assert.throws(() => fences("one\n```ts\ntwo\n"), "the fence of line 2 is never closed")
})

it("a fence within a list is a fence, without its indent", () => {
  assert.deepStrictEqual(fences("- so:\n\n  ```text\n  a\n   b\n  ```\n"), [
    { language: "text", info: "", text: "a\n b\n", line: 3 },
  ])
})

it("files in a row are one program, and the text after it is its output", () => {
  const files = page(["ts", "// tasks.ts\n1"], ["ts", "2"], ["text", "out"], ["text", "a drawing"])
  const [program, ...others] = programs(fences(files))
  assert.deepStrictEqual(others, [])
  assert.deepStrictEqual([...(program?.files.keys() ?? [])], ["tasks.ts", "main.ts"])
  assert.deepStrictEqual([program?.main, program?.output], ["main.ts", "out\n"])
})

it("a program without an output, and commands without one, are programs all the same", () => {
  const all = programs(fences(page(["ts", "1"], ["json", "{}"], ["sh", "a"], ["sh", "b"])))
  assert.deepStrictEqual(
    all.map(({ commands, output }) => [commands, output]),
    [
      [undefined, undefined],
      ["a\n", undefined],
      ["b\n", undefined],
    ],
  )
})

it("commands run in the folder of the files before them, but those by hand do not run", () => {
  const [one, ...others] = programs(
    fences(page(["ts", "// a.ts\n1"], ["sh", "ls"], ["sh by-hand", "npm test"])),
  )
  assert.deepStrictEqual([...(one?.files.keys() ?? []), one?.commands], ["a.ts", "ls\n"])
  assert.deepStrictEqual(others, [])
})

it("an ellipsis stands for what differs, within its line, and nothing else is left open", () => {
  assert.isTrue(isAsShown("took 3 ms (a+b)\n", "took … ms (a+b)\n"))
  assert.isFalse(isAsShown("took 3 ms (a+c)\n", "took … ms (a+b)\n"))
  assert.isFalse(isAsShown("took 3\n4 ms\n", "took … ms\n"))
  assert.isFalse(isAsShown("took 3 ms\nmore\n", "took … ms\n"))
})

it("what commands by hand name has to exist", () => {
  const has = { script: (name: string) => name === "test", file: (path: string) => path === "a.ts" }
  const fine = "git clone x && cd x # comment\nnpm test\nnpm run -s test -- --json\nnode a.ts\n"
  assert.deepStrictEqual(missing(fine, has), [])
  assert.deepStrictEqual(missing("npm run nope\nnode b.ts\ncurl x\n", has), [
    "npm run nope",
    "node b.ts",
    "curl x",
  ])
})
