// Whoever reads a page tries what it shows. So every fence of every page is what it says it is.
import { execFile, spawn } from "node:child_process"
import { once } from "node:events"
import {
  chmodSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { text } from "node:stream/consumers"
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

/** What commands print, in a shell whose home, and whatever it has started, is gone afterwards. */
const runCommands = async (commands: string, folder: string): Promise<string> => {
  installCommand()
  const path = [bin, dirname(process.execPath), process.env["PATH"] ?? ""].join(delimiter)
  const home = mkdtempSync(join(tmpdir(), "scaler-ts-page-"))
  const shell = spawn("sh", ["-euc", commands], {
    cwd: join(root, folder),
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      PATH: path,
      HOME: home,
      XDG_RUNTIME_DIR: home,
      XDG_STATE_HOME: "",
      XDG_CONFIG_HOME: "",
      NO_COLOR: "1",
      NODE_NO_WARNINGS: "1",
      NODE_OPTIONS: "--conditions=@scaler-ts/source",
    },
  })
  const ended = once(shell, "exit")
  const printed = Promise.all([text(shell.stdout), text(shell.stderr)])
  const [code] = await ended
  endGroup(shell.pid)
  const [stdout, stderr] = await printed
  rmSync(home, { recursive: true, force: true })
  if (code !== 0) throw new Error(`exit code ${code}\n${stdout}\n${stderr}`)
  return stdout
}

const endGroup = (pid: number | undefined): void => {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL")
  } catch {
    // Nobody of it is left.
  }
}

/** Between what the programs of one shell print. */
const mark = "--- the next fence ---"

/** What each program of a shell prints, by its line. */
const runChain = async (
  chain: ReadonlyArray<Program>,
  folder: string,
): Promise<Map<number, string>> => {
  const [first] = chain
  if (first !== undefined) writeFiles(first, folder)
  const commands = chain.map((program) => program.commands ?? "").join(`\necho "${mark}"\n`)
  const printed = (await runCommands(commands, folder)).split(`${mark}\n`)
  return new Map(chain.map(({ line }, at) => [line, printed[at] ?? ""]))
}

/** Below the root, so that the programs find the packages as a user's would. */
const writeFiles = ({ files }: Program, folder: string): void => {
  rmSync(join(root, folder), { recursive: true, force: true })
  mkdirSync(join(root, folder), { recursive: true })
  for (const [name, text] of files) writeFileSync(join(root, folder, name), text)
}

/** What a program prints that runs by itself, or with those after it in one shell. */
const runnerOf = (
  all: ReadonlyArray<Program>,
  folderOf: (program: Program) => string,
): ((program: Program) => Promise<string>) => {
  const chains = new Map<number, Promise<Map<number, string>>>()
  return async (program) => {
    const { commands, line, main } = program
    const folder = folderOf(program)
    if (commands === undefined) {
      writeFiles(program, folder)
      return (await runFile(join(folder, main))).stdout
    }
    const at = all.indexOf(program)
    const first = all.findLastIndex((one, index) => index <= at && !one.isNext)
    const end = all.findIndex((one, index) => index > first && !one.isNext)
    const chain = all.slice(first, end < 0 ? undefined : end)
    const begun = chains.get(first) ?? runChain(chain, folderOf(chain[0] ?? program))
    chains.set(first, begun)
    return (await begun).get(line) ?? ""
  }
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

  const shown = programs(all)
  const run = runnerOf(shown, ({ line }) =>
    join(".cache", "fences", `${page.replaceAll("/", "-")}-${line}`),
  )

  for (const program of shown) {
    it(`prints what it shows: line ${program.line}`, async () => {
      const { output, commands } = program
      if (commands === undefined) assert.isDefined(output, "show what the program prints")
      const printed = await run(program)
      if (output !== undefined && !isAsShown(printed, output)) assert.strictEqual(printed, output)
    })
  }

  for (const { language, info, text: written, line } of all) {
    if (language === "json") {
      it(`shows JSON: line ${line}`, () => {
        for (const one of written.trimEnd().split("\n")) assert.isObject(JSON.parse(one))
      })
    } else if (language === "sh" && info !== "" && info !== "next") {
      it(`names what there is, to be run by hand: line ${line}`, () => {
        assert.strictEqual(info, "by-hand")
        const has = {
          script: (name: string) => Object.hasOwn(scripts, name),
          file: (path: string) => existsSync(join(root, path)),
        }
        assert.deepStrictEqual(missing(written, has), [])
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
  ).catch((failed: Error & { readonly stdout: string }) => {
    // What is wrong with programs it prints; without a word it has not looked at them.
    if (failed.stdout === "") throw failed
    return failed
  })
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
