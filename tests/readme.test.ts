import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "vitest"
import { root, runFile } from "./support/runFile.ts"

interface Fence {
  readonly language: string
  readonly text: string
}

const fences = (markdown: string): ReadonlyArray<Fence> =>
  [...markdown.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].map(([, language = "", text = ""]) => ({
    language,
    text,
  }))

interface Program {
  readonly files: ReadonlyMap<string, string>
  readonly main: string
  readonly output: string
}

/** Programs of a page: TypeScript fences up to the text fence that shows what the last of them prints. */
const programs = (markdown: string): ReadonlyArray<Program> => {
  const found: Array<Program> = []
  let files = new Map<string, string>()
  let main = ""
  for (const { language, text } of fences(markdown)) {
    if (language === "ts") {
      main = /^\/\/ (\S+\.ts)\n/.exec(text)?.[1] ?? "main.ts"
      files.set(main, text)
    } else if (language === "text" && files.size > 0) {
      found.push({ files, main, output: text })
      files = new Map()
    }
  }
  assert.strictEqual(files.size, 0, "a TypeScript fence without the output it is followed by")
  return found
}

describe.each(["README.md"])("every program in %s prints what the page shows", (page) => {
  const all = programs(readFileSync(join(root, page), "utf8"))

  it.each(all.map((program, index) => [index + 1, program] as const))(
    "program %i",
    async (number, { files, main, output }) => {
      // Below the root, so that the programs find the packages as a user's would.
      const folder = join(".cache", "fences", `${page}-${number}`)
      rmSync(join(root, folder), { recursive: true, force: true })
      mkdirSync(join(root, folder), { recursive: true })
      for (const [name, text] of files) writeFileSync(join(root, folder, name), text)
      const { stdout } = await runFile(join(folder, main))
      assert.strictEqual(stdout, output)
    },
  )

  it("has programs", () => {
    assert.isAtLeast(all.length, 3)
  })

  it("shows the first example as it is, in under 20 lines", () => {
    const first = readFileSync(join(root, "examples/first.ts"), "utf8")
    const [shown] = all
    assert.strictEqual(shown?.files.get("main.ts"), first)
    assert.isBelow(
      first
        .trimEnd()
        .split("\n")
        .filter((line) => line !== "").length,
      20,
    )
  })
})
