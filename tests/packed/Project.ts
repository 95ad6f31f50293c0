/** An empty project into which everything that is published has been installed, as a user would. */
import { execFile } from "node:child_process"
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, dirname, join } from "node:path"
import { promisify } from "node:util"
import type { Program } from "../support/fences.ts"
import { root } from "../support/runFile.ts"

const json = (file: string) => JSON.parse(readFileSync(file, "utf8"))

/** The folders of what is published. */
export const published: ReadonlyArray<string> = globSync("{packages,apps}/*/package.json", {
  cwd: root,
})
  .filter((file) => json(join(root, file)).private !== true)
  .map((file) => dirname(file))
  .toSorted()

/** Nothing of the npm that runs the tests, and no command of this repository, but its Node. */
const outside = (variables: Readonly<Record<string, string>>): NodeJS.ProcessEnv => {
  const ours =
    /^npm_(package_|lifecycle_|command$|config_(local_)?prefix$)|^(NODE_OPTIONS|INIT_CWD)$/
  const kept = Object.entries(process.env).filter(([name]) => !ours.test(name))
  return { ...Object.fromEntries(kept), NO_COLOR: "1", PATH: pathWith(ownNode), ...variables }
}

const ownNode = join(root, "node_modules/node/bin/node")

/** Where commands are found: what stands beside a Node first, and nothing of this repository. */
const pathWith = (node: string): string => {
  const all = (process.env["PATH"] ?? "").split(delimiter)
  return [dirname(node), ...all.filter((folder) => !folder.startsWith(root))].join(delimiter)
}

const run = async (
  command: string,
  args: ReadonlyArray<string>,
  cwd: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<string> => {
  const env = outside(variables)
  const { stdout } = await promisify(execFile)(command, args, { cwd, env, maxBuffer: 1 << 24 })
  return stdout
}

const installOptions = ["--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"]

/** A package as it would be published. */
export interface Tarball {
  readonly folder: string
  readonly path: string
  /** The paths in it. */
  readonly files: ReadonlyArray<string>
}

/** Packs everything that is published, as it was built last. */
const pack = async (to: string): Promise<ReadonlyArray<Tarball>> => {
  const unbuilt = published.filter((folder) => !existsSync(join(root, folder, "dist")))
  if (unbuilt.length > 0) throw new Error(`${unbuilt.join(", ")}: not built; npm run build does`)
  const chosen = published.map((folder) => `--workspace=${folder}`)
  const options = ["--json", "--ignore-scripts", `--pack-destination=${to}`]
  const told: unknown = JSON.parse(await run("npm", ["pack", ...options, ...chosen], root))
  type Packed = {
    readonly name: string
    readonly filename: string
    readonly files: ReadonlyArray<{ readonly path: string }>
  }
  // An array until npm 11, an object by name from then on.
  const all = Object.values(told as ReadonlyArray<Packed> | Readonly<Record<string, Packed>>)
  return published.map((folder) => {
    const { name } = json(join(root, folder, "package.json"))
    const packed = all.find((one) => one.name === name)
    if (packed === undefined) throw new Error(`npm has not packed ${name}`)
    const files = packed.files.map(({ path }) => path)
    return { folder, path: join(to, packed.filename), files }
  })
}

/** What is installed beside the devDependencies: what runs programs elsewhere than on our own Node. */
const foreign: Readonly<Record<string, string>> = {
  bun: "1.4.5",
  node22: "npm:node@22.23.3",
  node26: "npm:node@26.10.0",
}

/** Installs them once: they are 500 MB. */
const installForeign = async (): Promise<string> => {
  const folder = join(root, ".cache", "runtimes")
  const wanted = JSON.stringify({
    private: true,
    dependencies: foreign,
    allowScripts: { bun: true, node: true },
  })
  const done = join(folder, "installed.json")
  try {
    if (readFileSync(done, "utf8") === wanted) return folder
  } catch {
    // Not yet.
  }
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, "package.json"), wanted)
  await run("npm", ["install", ...installOptions], folder)
  writeFileSync(done, wanted)
  return folder
}

/** What runs a program, and how. */
export interface Runtime {
  readonly name: string
  readonly command: string
  readonly args: ReadonlyArray<string>
}

const runtimesIn = (folder: string): Readonly<Record<string, Runtime>> => {
  const node = (name: string, command: string): Runtime => ({ name, command, args: [] })
  const modules = join(folder, "node_modules")
  return {
    node22: node("Node 22", join(modules, "node22/bin/node")),
    node24: node("Node 24", ownNode),
    node26: node("Node 26", join(modules, "node26/bin/node")),
    deno: {
      name: "Deno",
      command: join(root, "node_modules/.bin/deno"),
      args: ["run", "--no-remote", "--allow-env", "--allow-sys", "--allow-read"],
    },
    bun: node("Bun", join(modules, ".bin/bun")),
  }
}

export type RuntimeName = "node22" | "node24" | "node26" | "deno" | "bun"

export class Project {
  readonly folder: string
  readonly tarballs: ReadonlyArray<Tarball>
  private readonly runtimes: Readonly<Record<string, Runtime>>

  private constructor(
    folder: string,
    tarballs: ReadonlyArray<Tarball>,
    runtimes: Readonly<Record<string, Runtime>>,
  ) {
    this.folder = folder
    this.tarballs = tarballs
    this.runtimes = runtimes
  }

  static async make(): Promise<Project> {
    const folder = mkdtempSync(join(tmpdir(), "scaler-ts-packed-"))
    const { devDependencies } = json(join(root, "package.json"))
    // Those whose newest may be another one tomorrow.
    const pinned = { effect: devDependencies.effect, "@types/node": devDependencies["@types/node"] }
    writeFileSync(
      join(folder, "package.json"),
      JSON.stringify({ private: true, type: "module", dependencies: pinned }),
    )
    const tarballs = await pack(folder)
    const paths = tarballs.map(({ path }) => path)
    const [foreignFolder] = await Promise.all([
      installForeign(),
      run("npm", ["install", ...installOptions, ...paths], folder),
    ])
    return new Project(folder, tarballs, runtimesIn(foreignFolder))
  }

  runtime(name: RuntimeName): Runtime {
    const found = this.runtimes[name]
    if (found === undefined) throw new Error(`there is no ${name}`)
    return found
  }

  /** Writes the files of a program into a folder of its own, and says where they are. */
  write(name: string, files: Program["files"]): string {
    const folder = join(this.folder, name)
    mkdirSync(folder, { recursive: true })
    for (const [file, text] of files) writeFileSync(join(folder, file), text)
    return folder
  }

  /** Copies files into a folder of its own, and says where they are. */
  copy(name: string, from: string): string {
    const folder = join(this.folder, name)
    cpSync(from, folder, { recursive: true })
    return folder
  }

  /** What a program prints. */
  async print(name: RuntimeName, folder: string, main: string): Promise<string> {
    const { command, args } = this.runtime(name)
    return run(command, [...args, main], folder)
  }

  /** What commands print, in a shell that has a Node, and a home that is the project. */
  async shell(name: RuntimeName, folder: string, commands: string): Promise<string> {
    return run("sh", ["-euc", commands], folder, {
      PATH: pathWith(this.runtime(name).command),
      XDG_RUNTIME_DIR: this.folder,
      XDG_STATE_HOME: this.folder,
      XDG_CONFIG_HOME: this.folder,
    })
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}
