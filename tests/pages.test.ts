// Whoever reads a page tries what it shows. So every fence of every page is what it says it is.
import { execFile } from "node:child_process"
import {
  chmodSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs"
import { delimiter, dirname, join } from "node:path"
import { promisify } from "node:util"
import { assert, describe, it } from "vitest"
import { fences, isAsShown, languages, missing, type Program, programs } from "./support/fences.ts"
import { root, runFile } from "./support/runFile.ts"

const pages = globSync(["*.md", "{docs,examples}/*.md", "{apps,packages}/*/*.md"], {
  cwd: root,
  // The programs of docs/testing.md are races, which vitest runs: see testing.docs.test.ts.
  exclude: ["**/node_modules/**", "docs/testing.md"],
}).toSorted()

const scripts: Readonly<Record<string, string>> = JSON.parse(
  readFileSync(join(root, "package.json"), "utf8"),
).scripts

/** Where `scaler-ts` is the command of this repository, as it is for somebody who has installed it. */
const bin = join(root, ".cache", "fences", "bin")
const installCommand = (): void => {
  mkdirSync(bin, { recursive: true })
  const main = join(root, "apps/cli/src/main.ts")
  writeFileSync(join(bin, "scaler-ts"), `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`)
  chmodSync(join(bin, "scaler-ts"), 0o755)
}

const runCommands = async (commands: string, folder: string): Promise<string> => {
  installCommand()
  const path = [bin, dirname(process.execPath), process.env["PATH"] ?? ""].join(delimiter)
  const { stdout } = await promisify(execFile)("sh", ["-euc", commands], {
    cwd: join(root, folder),
    env: {
      ...process.env,
      PATH: path,
      NO_COLOR: "1",
      NODE_NO_WARNINGS: "1",
      NODE_OPTIONS: "--conditions=@scaler-ts/source",
    },
  })
  return stdout
}

/** Below the root, so that the programs find the packages as a user's would. */
const writeFiles = ({ files }: Program, folder: string): void => {
  rmSync(join(root, folder), { recursive: true, force: true })
  mkdirSync(join(root, folder), { recursive: true })
  for (const [name, text] of files) writeFileSync(join(root, folder, name), text)
}

const run = async (program: Program, folder: string): Promise<string> => {
  const { commands, main } = program
  writeFiles(program, folder)
  if (commands !== undefined) return runCommands(commands, folder)
  const { stdout } = await runFile(join(folder, main))
  return stdout
}

const programsOf = (page: string): ReadonlyArray<Program> =>
  programs(fences(readFileSync(join(root, page), "utf8")))

describe.each(pages)("%s", (page) => {
  const all = fences(readFileSync(join(root, page), "utf8"))

  it("says of every fence what it is", () => {
    const unknown = all.filter(({ language }) => !languages.includes(language))
    assert.deepStrictEqual(unknown, [], `use one of ${languages.join(", ")}`)
    const informed = all.filter(({ language, info }) => info !== "" && language !== "sh")
    assert.deepStrictEqual(informed, [])
  })

  for (const program of programs(all)) {
    it(`prints what it shows: line ${program.line}`, async () => {
      const { output, commands, line } = program
      if (commands === undefined) assert.isDefined(output, "show what the program prints")
      const printed = await run(
        program,
        join(".cache", "fences", `${page.replaceAll("/", "-")}-${line}`),
      )
      if (output !== undefined && !isAsShown(printed, output)) assert.strictEqual(printed, output)
    })
  }

  for (const { language, info, text, line } of all) {
    if (language === "json") {
      it(`shows JSON: line ${line}`, () => {
        for (const one of text.trimEnd().split("\n")) assert.isObject(JSON.parse(one))
      })
    } else if (language === "sh" && info !== "") {
      it(`names what there is, to be run by hand: line ${line}`, () => {
        assert.strictEqual(info, "by-hand")
        const has = {
          script: (name: string) => Object.hasOwn(scripts, name),
          file: (path: string) => existsSync(join(root, path)),
        }
        assert.deepStrictEqual(missing(text, has), [])
      })
    }
  }
})

it("the README begins with the first example, in under 20 lines, whose output follows", () => {
  const first = readFileSync(join(root, "examples/first.ts"), "utf8")
  const all = fences(readFileSync(join(root, "README.md"), "utf8"))
  assert.strictEqual(all[0]?.text, first)
  assert.strictEqual(all[1]?.language, "text")
  assert.isBelow(first.trimEnd().split("\n").length, 20)
  assert.notInclude(first, "effect/")
})

it("every program is well typed", async () => {
  const folder = join(".cache", "fences", "types")
  rmSync(join(root, folder), { recursive: true, force: true })
  for (const page of pages) {
    for (const program of programsOf(page)) {
      writeFiles(program, join(folder, page, String(program.line)))
    }
  }
  const config = join(root, folder, "tsconfig.json")
  writeFileSync(config, JSON.stringify({ extends: "../../../tsconfig.test.json", include: ["."] }))
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(root, "node_modules/typescript/bin/tsc"), "-p", config],
    { cwd: root },
  ).catch((failed: { readonly stdout: string }) => failed)
  assert.strictEqual(stdout, "")
}, 120_000)

it("the pages are found, and their programs with them", () => {
  assert.includeMembers(pages, ["README.md", "docs/wire.md", "apps/cli/README.md"])
  const counted = pages.map((page) => programsOf(page).length)
  assert.isAtLeast(
    counted.reduce((sum, count) => sum + count, 0),
    6,
  )
})
