// What is published is what is packed: so it is packed, installed, and tried as whoever installs it would.
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core"
import { cpSync, globSync, mkdirSync, readFileSync, symlinkSync } from "node:fs"
import { join } from "node:path"
import { publint } from "publint"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { fences, isAsShown, type Program, programs } from "../support/fences.ts"
import { root } from "../support/runFile.ts"
import { withoutAwaitUsing } from "./awaitUsing.ts"
import { Project, published, type RuntimeName, type Tarball } from "./Project.ts"

const fixtures = join(root, "tests", "packed", "fixtures")

let project: Project
beforeAll(async () => {
  project = await Project.make()
}, 300_000)
afterAll(() => project.remove())

const tarballOf = (folder: string): Tarball => {
  const found = project.tarballs.find((one) => one.folder === folder)
  if (found === undefined) throw new Error(`${folder} was not packed`)
  return found
}

describe.each(published)("%s, packed", (folder) => {
  it("has what was built, its sources, what it is and a license, and nothing else", () => {
    const { files } = tarballOf(folder)
    const sources = globSync("src/**/*.ts", { cwd: join(root, folder) })
    const built = sources.flatMap((path) => {
      const stem = path.replace(/^src(.*)\.ts$/, "dist$1")
      return [`${stem}.js`, `${stem}.d.ts`]
    })
    const top = ["LICENSE", "README.md", "package.json"]
    if (folder === "apps/cli") top.push("schema.json")
    const wanted = [...sources, ...built, ...top]
    assert.deepStrictEqual(
      wanted.filter((path) => !files.includes(path)),
      [],
    )
    // Maps, and what a source that is gone has left in dist; a release begins without dist.
    const more = /^(dist\/.*\.(ts|js|map)|CHANGELOG\.md)$/
    const other = files.filter((path) => !wanted.includes(path) && !more.test(path))
    assert.deepStrictEqual(other, [])
    const license = readFileSync(join(root, folder, "LICENSE"), "utf8")
    assert.strictEqual(license, readFileSync(join(root, "LICENSE"), "utf8"))
  })

  it("says so in a package.json that publint finds nothing wrong with", async () => {
    const data = readFileSync(tarballOf(folder).path)
    const tarball = data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength)
    const { messages } = await publint({ pack: { tarball } })
    assert.deepStrictEqual(messages, [])
  })

  it("has the right types for whoever imports it", async () => {
    const data = readFileSync(tarballOf(folder).path)
    const checked = await checkPackage(createPackageFromTarballData(data))
    if (checked.types === false) {
      assert.strictEqual(folder, "apps/cli", "only the command has none")
      return
    }
    // The packages are for `import`: a `require` has never been promised.
    const ignored = ["node10", "node16-cjs"]
    const wrong = checked.problems.filter(
      (problem) => !("resolutionKind" in problem && ignored.includes(problem.resolutionKind)),
    )
    assert.deepStrictEqual(wrong, [])
  })
})

const shown = programs(fences(readFileSync(join(root, "README.md"), "utf8")))

/** The first line of those that run tasks in threads. */
const isThreaded = ({ files }: Program): boolean => files.has("tasks.ts")

/** Bun and Deno quote, and break the lines of objects, in ways of their own. */
const likeNode = (printed: string): string =>
  printed
    .replaceAll('"', "'")
    .replaceAll(/,(?=\s*\})/g, "")
    .replaceAll(/\s+/g, " ")

describe.each<RuntimeName>(["node22", "node24", "node26", "deno", "bun"])("on %s", (name) => {
  const isNode = name.startsWith("node")
  // Deno has no threads for tasks; Bun's stop, but nobody has tried all that can happen to them.
  for (const program of shown.filter((one) => isNode || !isThreaded(one))) {
    it(`the README's program of line ${program.line} prints what it shows`, async () => {
      const { output = "", main } = program
      const rewritten = [...program.files].map(
        ([file, text]) => [file, name === "node22" ? withoutAwaitUsing(text) : text] as const,
      )
      const folder = project.write(`${name}-${program.line}`, new Map(rewritten))
      const printed = await project.print(name, folder, main)
      const [told, wanted] = isNode ? [printed, output] : [likeNode(printed), likeNode(output)]
      if (!isAsShown(told, wanted)) assert.strictEqual(told, wanted)
    })
  }
})

/** What a package exports, as it is imported. */
const specifiers = published.flatMap((folder) => {
  const { name, exports } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"))
  return Object.keys(exports).map((path) => join(name, path))
})

describe("whatever is exported", () => {
  // These stand on vitest, which is not installed here.
  const imported = specifiers.filter((one) => !/\.json$|testkit\/(vitest|conformance)$/.test(one))
  const files = new Map([
    ["all.ts", `${imported.map((one) => `import ${JSON.stringify(one)}`).join("\n")}\n`],
  ])

  it("can be imported on the oldest Node", async () => {
    assert.isAtLeast(imported.length, 20)
    const folder = project.write("all", files)
    assert.strictEqual(await project.print("node22", folder, "all.ts"), "")
  })

  it("has types that hold in a strict program, which looks into them, too", async () => {
    const folder = "types"
    project.write(folder, files)
    for (const { line, files: written } of shown) project.write(join(folder, `${line}`), written)
    const compilerOptions = {
      module: "nodenext",
      target: "esnext",
      lib: ["esnext", "dom"],
      types: ["node"],
      strict: true,
      noEmit: true,
      allowImportingTsExtensions: true,
      skipLibCheck: false,
    }
    const config = JSON.stringify({ compilerOptions })
    const where = project.write(folder, new Map([["tsconfig.json", config]]))
    const compiler = join(root, "node_modules/typescript/bin/tsc")
    assert.strictEqual(await project.print("node24", where, compiler), "")
  })
})

it("Deno runs tasks in Web Workers, whose entry it finds among the installed files", async () => {
  const folder = project.copy("web", fixtures)
  assert.strictEqual(await project.print("deno", folder, "webWorkers.ts"), "144\nStopped\n")
})

const square = "scaler-ts call ./tasks.ts#square 12"

const clusterCommands = `
export PATH="$PWD/../node_modules/.bin:$PATH" SCALER_ADDRESS=ipc://it.sock
scaler-ts scheduler > scheduler.log & scheduler=$!
scaler-ts worker ./tasks.ts --executor process --slots 1 --grace 50ms > worker.log & worker=$!
trap 'kill -9 $worker $scheduler 2>/dev/null' EXIT
scaler-ts call square 12
scaler-ts cancel $(scaler-ts submit never)
kill $worker
wait $worker
kill $scheduler
wait $scheduler
trap - EXIT
`

describe.each<RuntimeName>(["node22", "node24", "node26"])("the command, on %s", (name) => {
  it("runs a task", async () => {
    const folder = project.copy(`command-${name}`, fixtures)
    const commands = `node --version; npx --offline scaler-ts --version; npx --offline ${square}`
    const printed = await project.shell(name, folder, commands)
    const [node = "", version = "", ...others] = printed.split("\n")
    assert.match(node, new RegExp(`^v${name.slice("node".length)}\\.`))
    assert.match(version, /^scaler-ts \d+\.\d+\.\d+\S* \(protocol \d+\.\d+\)$/)
    assert.deepStrictEqual(others, ["144", ""])
  })
})

// On Node 24 the tests of the command do the same.
it.each<RuntimeName>(["node22", "node26"])(
  "the command runs a cluster over ZeroMQ, on %s, with tasks in processes, and stops one",
  async (name) => {
    const folder = project.copy(`cluster-${name}`, fixtures)
    const printed = await project.shell(name, folder, clusterCommands)
    assert.match(printed, /^144\n\S+ {2}(stopped after|never started).*\n$/)
  },
)

it("the command runs tasks of a project that has packages of its own, from anywhere in the PATH", async () => {
  const elsewhere = project.copy("elsewhere", fixtures)
  // Beside node_modules of its own, as beside a command that is installed for all projects.
  const installed = join(elsewhere, "node_modules")
  for (const name of ["@scaler-ts/protocol", "@msgpack", "@standard-schema"]) {
    cpSync(join(project.folder, "node_modules", name), join(installed, name), { recursive: true })
  }
  const bin = join(project.folder, "bin")
  mkdirSync(bin)
  symlinkSync("../node_modules/.bin/scaler-ts", join(bin, "scaler-ts"))
  const printed = await project.shell("node22", elsewhere, `PATH="${bin}:$PATH"\n${square}`)
  assert.strictEqual(printed, "144\n")
})
