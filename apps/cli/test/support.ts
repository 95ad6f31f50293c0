/** Starts the real command in a directory of its own, and waits for what it says. */
import { type ChildProcessByStdio, spawn } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Readable, Writable } from "node:stream"
import { fileURLToPath } from "node:url"
import { inspect } from "node:util"
import { Ajv2020 } from "ajv/dist/2020.js"
import schema from "../schema.json" with { type: "json" }

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url))

// The devDependency's Node: a developer's own may be too old for .ts files.
const node = path("../../../node_modules/.bin/node")
const main = path("../src/main.ts")

export const fixture = (name: string): string => path(`./fixtures/${name}`)

/** A directory with files of the given texts; gone with the `using` block. */
export class Directory implements Disposable {
  readonly path: string

  constructor(files: Readonly<Record<string, string>>, place: string = tmpdir()) {
    mkdirSync(place, { recursive: true })
    this.path = mkdtempSync(join(place, "scaler-ts-cli-"))
    for (const [name, text] of Object.entries(files)) this.write(name, text)
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.path, name), text)
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true })
  }
}

export interface Finished {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A command under way. */
export class Run {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>
  readonly finished: Promise<Finished>
  private readonly seen = { stdout: "", stderr: "" }
  private onOutput: () => void = () => {}

  constructor(
    cwd: string,
    args: ReadonlyArray<string>,
    env: Record<string, string> = {},
    { stdin = "" }: { readonly stdin?: string } = {},
  ) {
    this.child = spawn(node, ["--conditions=@scaler-ts/source", main, ...args], {
      cwd,
      env: { ...process.env, NODE_NO_WARNINGS: "1", ...env },
      stdio: ["pipe", "pipe", "pipe"],
    })
    // Whoever does not read it may be gone before it is written.
    this.child.stdin.on("error", () => {}).end(stdin)
    for (const name of ["stdout", "stderr"] as const) {
      this.child[name].setEncoding("utf8").on("data", (text: string) => {
        this.seen[name] += text
        this.onOutput()
      })
    }
    this.finished = new Promise((resolve) => {
      this.child.on("close", (code) => resolve({ code, ...this.seen }))
    })
  }

  /** What it has said until now. */
  get soFar(): Readonly<Omit<Finished, "code">> {
    return this.seen
  }

  /** Resolves once the stream has said `text`; rejects if the command ends without. */
  async says(stream: "stdout" | "stderr", text: string): Promise<void> {
    const said = new Promise<void>((resolve) => {
      this.onOutput = () => {
        if (this.seen[stream].includes(text)) resolve()
      }
      this.onOutput()
    })
    const ended = this.finished.then(({ stderr, stdout }) => {
      if (this.seen[stream].includes(text)) return
      throw new Error(`ended without saying "${text}":\n${stdout}\n${stderr}`)
    })
    await Promise.race([said, ended])
  }
}

/** Runs the command to its end. */
export const scaler = (
  cwd: string,
  args: ReadonlyArray<string>,
  env?: Record<string, string>,
): Promise<Finished> => new Run(cwd, args, env).finished

/** The lines of `--json`. Throws for one that the schema does not have, or has without one of its fields. */
export const jsonLines = (stdout: string): ReadonlyArray<Record<string, unknown>> =>
  stdout
    .trim()
    .split("\n")
    .map((text) => {
      const line = JSON.parse(text)
      const { type } = line
      const check = checks.get(type)
      if (check === undefined) throw new Error(`apps/cli/schema.json has no type ${String(type)}`)
      if (check(line)) return line
      throw new Error(`${text}\nis not as apps/cli/schema.json has it: ${inspect(check.errors)}`)
    })

/** By type. Stricter than what is published: a field that is not documented is a mistake here. */
const checks = new Map(
  schema.oneOf.map((record) => {
    const properties = { ...record.properties, version: schema.properties.version }
    const strict = {
      ...record,
      type: "object",
      $defs: schema.$defs,
      properties,
      additionalProperties: false,
    }
    return [record.properties.type.const, new Ajv2020().compile(strict)]
  }),
)
